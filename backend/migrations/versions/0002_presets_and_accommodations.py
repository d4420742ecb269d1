"""Presets, kinds switched off, accommodations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("exams", sa.Column("preset", sa.String(16), server_default="standard", nullable=False))
    op.add_column("exams", sa.Column("disabled_kinds", postgresql.JSONB(), server_default="[]", nullable=False))
    op.alter_column("exams", "preset", server_default=None)
    op.alter_column("exams", "disabled_kinds", server_default=None)
    op.create_table(
        "accommodations",
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("disabled_kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("preset", sa.String(length=16), nullable=True),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("extra_minutes BETWEEN 0 AND 1440", name=op.f("ck_accommodations_extra_minutes")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_accommodations_exam_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_accommodations_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodations")),
        sa.UniqueConstraint("exam_id", "student_id", name=op.f("uq_accommodations_exam_id_student_id")),
    )
    op.create_index(op.f("ix_accommodations_student_id"), "accommodations", ["student_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("accommodations")
    op.drop_column("exams", "disabled_kinds")
    op.drop_column("exams", "preset")
