"""Answers of an outside time-stamp authority beside what was signed of closed sittings."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "custody_stamps",
        sa.Column("exam_session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("exam_session_id", "number", name=op.f("pk_custody_stamps")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("custody_stamps")
