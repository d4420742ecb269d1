"""When questions were opened, and answers outside of their time or order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("answers", sa.Column("outside", postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_table(
        "question_openings",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_question_openings_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_openings_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exam_session_id", "question_id", name=op.f("pk_question_openings")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("question_openings")
    op.drop_column("answers", "outside")
