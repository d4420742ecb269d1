"""Face templates and the switch of the identity check."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("exams", sa.Column("enable_identity_check", sa.Boolean(), server_default="true", nullable=False))
    op.alter_column("exams", "enable_identity_check", server_default=None)
    op.create_table(
        "face_templates",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_face_templates_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_templates")),
        sa.UniqueConstraint("exam_session_id", name=op.f("uq_face_templates_exam_session_id")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("face_templates")
    op.drop_column("exams", "enable_identity_check")
