"""The review queue's order, an audit log one can search, and the institution's settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Apply."""
    op.add_column("exam_sessions", sa.Column("review_gain", sa.Float(), server_default="0", nullable=False))
    op.alter_column("exam_sessions", "review_gain", server_default=None)
    op.execute("UPDATE exam_sessions SET review_gain = 100 - trust WHERE settled")  # as if all of it were doubted
    op.create_index(
        "ix_exam_sessions_review",
        "exam_sessions",
        [sa.text("review_gain DESC"), "trust"],
        postgresql_where=sa.text("settled"),
    )
    op.drop_index("ix_audit_log_actor_id", "audit_log")
    op.create_index("ix_audit_log_deeds", "audit_log", ["actor_id", "action", "created_at"])
    op.create_index("ix_audit_log_exam_session", "audit_log", [sa.text("(detail ->> 'exam_session_id')")])
    op.create_index(op.f("ix_audit_log_subject"), "audit_log", ["subject"])
    op.create_table(
        "institution",
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("institution")
    op.drop_index(op.f("ix_audit_log_subject"), "audit_log")
    op.drop_index("ix_audit_log_exam_session", "audit_log")
    op.drop_index("ix_audit_log_deeds", "audit_log")
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor_id"])
    op.drop_column("exam_sessions", "review_gain")
