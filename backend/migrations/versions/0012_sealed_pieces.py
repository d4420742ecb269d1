"""Keys of sittings and accounts, and the hashes of what lies sealed in the store."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STORED = ("evidence", "documents", "uploaded_files")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "wrapped_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("shelf", sa.String(16), nullable=False),
        sa.Column("exam_session_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("master_id", sa.String(16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(exam_session_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_wrapped_keys_owner")),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_wrapped_keys_exam_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_wrapped_keys_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrapped_keys")),
        sa.UniqueConstraint("exam_session_id", "shelf", name=op.f("uq_wrapped_keys_exam_session_id_shelf")),
        sa.UniqueConstraint("user_id", "shelf", name=op.f("uq_wrapped_keys_user_id_shelf")),
    )
    op.create_index(op.f("ix_wrapped_keys_master_id"), "wrapped_keys", ["master_id"])
    for table in STORED:
        op.add_column(table, sa.Column("stored_sha256", sa.String(64), nullable=True))
        op.add_column(table, sa.Column("stored_size", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for table in STORED:
        op.drop_column(table, "stored_size")
        op.drop_column(table, "stored_sha256")
    op.drop_table("wrapped_keys")
