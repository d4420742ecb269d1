"""What people are told outside of an exam, and whether they want it by mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")
UNREAD = sa.text("read_at IS NULL AND dismissed_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.add_column("users", sa.Column("mail_digest", sa.Boolean(), server_default="true", nullable=False))
    op.alter_column("users", "mail_digest", server_default=None)
    op.create_table(
        "notifications",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("key", sa.String(100), nullable=True),
        sa.Column("sender_id", sa.BigInteger(), nullable=True),
        sa.Column("exam_id", sa.Integer(), nullable=True),
        sa.Column("exam_session_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_notifications_exam_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_notifications_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notifications_user_id_key")),
    )
    op.create_index("ix_notifications_unread", "notifications", ["user_id"], postgresql_where=UNREAD)
    op.create_index("ix_notifications_newest", "notifications", ["user_id", "id"])
    op.create_index(
        "ix_notifications_unmailed", "notifications", ["user_id"], postgresql_where=sa.text("mailed_at IS NULL")
    )
    op.create_index(op.f("ix_notifications_exam_id"), "notifications", ["exam_id"])
    op.create_index(op.f("ix_notifications_exam_session_id"), "notifications", ["exam_session_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("notifications")
    op.drop_column("users", "mail_digest")
