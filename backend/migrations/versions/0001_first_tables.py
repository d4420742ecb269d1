"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_log",
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_action"), "audit_log", ["action"], unique=False)
    op.create_index(op.f("ix_audit_log_actor_id"), "audit_log", ["actor_id"], unique=False)
    op.create_table(
        "installation_marks",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation_marks")),
        sa.UniqueConstraint("name", name=op.f("uq_installation_marks_name")),
    )
    op.create_table(
        "users",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("hashed_password", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("preferred_language", sa.String(length=8), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("role IN ('admin', 'teacher', 'student')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "exams",
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("enrolment", sa.String(length=8), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("show_trust", sa.Boolean(), nullable=False),
        sa.Column("enable_face_detection", sa.Boolean(), nullable=False),
        sa.Column("enable_multiple_face_detection", sa.Boolean(), nullable=False),
        sa.Column("enable_eye_tracking", sa.Boolean(), nullable=False),
        sa.Column("enable_audio_detection", sa.Boolean(), nullable=False),
        sa.Column("enable_tab_switch_detection", sa.Boolean(), nullable=False),
        sa.Column("enable_phone_detection", sa.Boolean(), nullable=False),
        sa.Column("warning_threshold", sa.Double(), nullable=False),
        sa.Column("critical_threshold", sa.Double(), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_exams_duration")),
        sa.CheckConstraint("end_time > start_time", name=op.f("ck_exams_window")),
        sa.CheckConstraint("max_attempts > 0", name=op.f("ck_exams_attempts")),
        sa.ForeignKeyConstraint(["creator_id"], ["users.id"], name=op.f("fk_exams_creator_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exams")),
    )
    op.create_index(op.f("ix_exams_creator_id"), "exams", ["creator_id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("family", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    op.create_index(op.f("ix_refresh_tokens_family"), "refresh_tokens", ["family"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_user_id"), "refresh_tokens", ["user_id"], unique=False)
    op.create_table(
        "socket_tickets",
        sa.Column("jti", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_socket_tickets_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_socket_tickets")),
    )
    op.create_index(op.f("ix_socket_tickets_expires_at"), "socket_tickets", ["expires_at"], unique=False)
    op.create_table(
        "exam_enrolments",
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_exam_enrolments_exam_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_exam_enrolments_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_enrolments")),
        sa.UniqueConstraint("exam_id", "student_id", name=op.f("uq_exam_enrolments_exam_id_student_id")),
    )
    op.create_index(op.f("ix_exam_enrolments_student_id"), "exam_enrolments", ["student_id"], unique=False)
    op.create_table(
        "exam_sessions",
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.Column("trust", sa.Double(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("analysis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("trust BETWEEN 0 AND 100", name=op.f("ck_exam_sessions_trust")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_exam_sessions_exam_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_exam_sessions_student_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_sessions")),
        sa.UniqueConstraint(
            "exam_id", "student_id", "attempt", name=op.f("uq_exam_sessions_exam_id_student_id_attempt")
        ),
    )
    op.create_index(
        "ix_exam_sessions_unsettled",
        "exam_sessions",
        ["id"],
        unique=False,
        postgresql_where=sa.text("NOT settled"),
    )
    op.create_index(
        "ix_exam_sessions_deadline",
        "exam_sessions",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('created', 'active', 'paused')"),
    )
    op.create_index(op.f("ix_exam_sessions_exam_id"), "exam_sessions", ["exam_id"], unique=False)
    op.create_index(op.f("ix_exam_sessions_student_id"), "exam_sessions", ["student_id"], unique=False)
    op.create_index(
        "uq_exam_sessions_open",
        "exam_sessions",
        ["exam_id", "student_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('created', 'active', 'paused')"),
    )
    op.create_table(
        "client_messages",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("client_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_client_messages_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("exam_session_id", "seq", name=op.f("pk_client_messages")),
    )
    op.create_table(
        "violations",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("measured", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("threshold", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_violations_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violations")),
        sa.UniqueConstraint("exam_session_id", "key", name=op.f("uq_violations_exam_session_id_key")),
    )
    op.create_index(op.f("ix_violations_kind"), "violations", ["kind"], unique=False)
    op.create_index("ix_violations_started", "violations", ["exam_session_id", "started_at"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("violation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
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
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_evidence_exam_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["violation_id"], ["violations.id"], name=op.f("fk_evidence_violation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("path", name=op.f("uq_evidence_path")),
        sa.UniqueConstraint("violation_id", "role", name=op.f("uq_evidence_violation_id_role")),
    )
    op.create_index(op.f("ix_evidence_exam_session_id"), "evidence", ["exam_session_id"], unique=False)
    op.create_index(op.f("ix_evidence_violation_id"), "evidence", ["violation_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_evidence_violation_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_exam_session_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_violations_started", table_name="violations")
    op.drop_index(op.f("ix_violations_kind"), table_name="violations")
    op.drop_table("violations")
    op.drop_table("client_messages")
    op.drop_index(
        "uq_exam_sessions_open",
        table_name="exam_sessions",
        postgresql_where=sa.text("state IN ('created', 'active', 'paused')"),
    )
    op.drop_index(op.f("ix_exam_sessions_student_id"), table_name="exam_sessions")
    op.drop_index(op.f("ix_exam_sessions_exam_id"), table_name="exam_sessions")
    op.drop_index(
        "ix_exam_sessions_unsettled",
        table_name="exam_sessions",
        postgresql_where=sa.text("NOT settled"),
    )
    op.drop_index(
        "ix_exam_sessions_deadline",
        table_name="exam_sessions",
        postgresql_where=sa.text("state IN ('created', 'active', 'paused')"),
    )
    op.drop_table("exam_sessions")
    op.drop_index(op.f("ix_exam_enrolments_student_id"), table_name="exam_enrolments")
    op.drop_table("exam_enrolments")
    op.drop_index(op.f("ix_socket_tickets_expires_at"), table_name="socket_tickets")
    op.drop_table("socket_tickets")
    op.drop_index(op.f("ix_refresh_tokens_user_id"), table_name="refresh_tokens")
    op.drop_index(op.f("ix_refresh_tokens_family"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index(op.f("ix_exams_creator_id"), table_name="exams")
    op.drop_table("exams")
    op.drop_table("users")
    op.drop_table("installation_marks")
    op.drop_index(op.f("ix_audit_log_actor_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_action"), table_name="audit_log")
    op.drop_table("audit_log")
