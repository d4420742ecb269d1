"""Life of a sitting: consent, messages, outages, documents, an end that can be undone."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "server_pauses",
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_server_pauses_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_server_pauses")),
    )
    op.create_index(op.f("ix_server_pauses_started_at"), "server_pauses", ["started_at"], unique=False)
    op.create_table(
        "consents",
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("camera", sa.Boolean(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("screen", sa.Boolean(), nullable=False),
        sa.Column("identity", sa.Boolean(), nullable=False),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_consents_exam_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["student_id"], ["users.id"], name=op.f("fk_consents_student_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_exam_student", "consents", ["exam_id", "student_id", "id"], unique=False)
    op.create_index(op.f("ix_consents_student_id"), "consents", ["student_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_documents_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("path", name=op.f("uq_documents_path")),
    )
    op.create_index(op.f("ix_documents_exam_session_id"), "documents", ["exam_session_id"], unique=False)
    op.create_table(
        "outages",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("paused_seconds", sa.Double(), nullable=False),
        sa.Column("credited_seconds", sa.Double(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_outages_order")),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_outages_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    op.create_index(op.f("ix_outages_exam_session_id"), "outages", ["exam_session_id"], unique=False)
    op.create_index(
        "uq_outages_open", "outages", ["exam_session_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "sitting_messages",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("by_student", sa.Boolean(), nullable=False),
        sa.Column("warning", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_sitting_messages_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_sitting_messages_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_messages")),
        sa.UniqueConstraint("exam_session_id", "seq", name=op.f("uq_sitting_messages_exam_session_id_seq")),
    )
    op.create_index(op.f("ix_sitting_messages_author_id"), "sitting_messages", ["author_id"], unique=False)
    op.create_index(op.f("ix_sitting_messages_exam_session_id"), "sitting_messages", ["exam_session_id"], unique=False)
    op.create_index("uq_exams_practice", "exams", ["practice"], unique=True, postgresql_where=sa.text("practice"))
    _add("client_messages", "late", sa.Boolean(), "false")
    _add("exam_sessions", "pauses", postgresql.JSONB(astext_type=sa.Text()), "[]")
    op.add_column("exam_sessions", sa.Column("ending_at", sa.DateTime(timezone=True), nullable=True))
    _add("exam_sessions", "ending_reason", sa.String(length=500), "")
    op.add_column("exam_sessions", sa.Column("ending_by", sa.Integer(), nullable=True))
    op.add_column("exam_sessions", sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=True))
    _add("exam_sessions", "flag_reason", sa.String(length=500), "")
    _add("exam_sessions", "hand_raised", sa.Boolean(), "false")
    _add("exam_sessions", "unread", sa.Integer(), "0")
    op.add_column("exam_sessions", sa.Column("question", sa.Integer(), nullable=True))
    _add("exam_sessions", "outage_seconds", sa.Double(), "0")
    _add("exam_sessions", "credited_seconds", sa.Double(), "0")
    op.create_index(
        "ix_exam_sessions_ending",
        "exam_sessions",
        ["ending_at"],
        unique=False,
        postgresql_where=sa.text("ending_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_exams_practice", table_name="exams", postgresql_where=sa.text("practice"))
    op.drop_index(
        "ix_exam_sessions_ending", table_name="exam_sessions", postgresql_where=sa.text("ending_at IS NOT NULL")
    )
    op.drop_column("exam_sessions", "credited_seconds")
    op.drop_column("exam_sessions", "outage_seconds")
    op.drop_column("exam_sessions", "question")
    op.drop_column("exam_sessions", "unread")
    op.drop_column("exam_sessions", "hand_raised")
    op.drop_column("exam_sessions", "flag_reason")
    op.drop_column("exam_sessions", "flagged_at")
    op.drop_column("exam_sessions", "ending_by")
    op.drop_column("exam_sessions", "ending_reason")
    op.drop_column("exam_sessions", "ending_at")
    op.drop_column("exam_sessions", "pauses")
    op.drop_column("client_messages", "late")
    op.drop_index(op.f("ix_sitting_messages_exam_session_id"), table_name="sitting_messages")
    op.drop_index(op.f("ix_sitting_messages_author_id"), table_name="sitting_messages")
    op.drop_table("sitting_messages")
    op.drop_index("uq_outages_open", table_name="outages", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index(op.f("ix_outages_exam_session_id"), table_name="outages")
    op.drop_table("outages")
    op.drop_index(op.f("ix_documents_exam_session_id"), table_name="documents")
    op.drop_table("documents")
    op.drop_index(op.f("ix_consents_student_id"), table_name="consents")
    op.drop_index("ix_consents_exam_student", table_name="consents")
    op.drop_table("consents")
    op.drop_index(op.f("ix_server_pauses_started_at"), table_name="server_pauses")
    op.drop_table("server_pauses")


def _add(table: str, name: str, kind: Any, value: str) -> None:
    """A column that existing rows get with this value, and new ones from the model."""
    op.add_column(table, sa.Column(name, kind, server_default=value, nullable=False))
    op.alter_column(table, name, server_default=None)
