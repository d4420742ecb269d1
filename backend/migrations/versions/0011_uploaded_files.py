"""Files that people hand in."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "uploaded_files",
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=True),
        sa.Column("exam_session_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("path", sa.String(255), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_uploaded_files_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_uploaded_files_exam_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_uploaded_files_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_files")),
        sa.UniqueConstraint("path", name=op.f("uq_uploaded_files_path")),
    )
    op.create_index(op.f("ix_uploaded_files_purpose"), "uploaded_files", ["purpose"])
    op.create_index(op.f("ix_uploaded_files_owner_id"), "uploaded_files", ["owner_id"])
    op.create_index("ix_uploaded_files_exam", "uploaded_files", ["exam_id", "purpose"])
    op.create_index("ix_uploaded_files_session", "uploaded_files", ["exam_session_id", "purpose"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("uploaded_files")
