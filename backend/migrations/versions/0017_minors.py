"""Exams of children: no biometrics, nothing scored."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("exams", sa.Column("minors", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("exams", "minors", server_default=None)


def downgrade() -> None:
    """Take back."""
    op.drop_column("exams", "minors")
