"""What people find when they look: verdicts, decisions, notes, comments; rows that nobody may change."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")
APPEND_ONLY = ("verdicts", "decisions", "staff_notes", "student_comments", "audit_log")


def upgrade() -> None:
    """Apply."""
    op.add_column("exam_sessions", sa.Column("reviews", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("exam_sessions", "reviews", server_default=None)
    op.add_column("violations", sa.Column("verdict", sa.String(16), nullable=True))
    op.add_column("violations", sa.Column("reviewed_kind", sa.String(32), nullable=True))
    _verdicts()
    _decisions()
    _words()
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("violation_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=True),
        sa.Column("kind", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("in_bulk", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("trust_before", sa.Float(), nullable=False),
        sa.Column("trust_after", sa.Float(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_verdicts_exam_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["violation_id"], ["violations.id"], name=op.f("fk_verdicts_violation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["undoes"], ["verdicts.id"], name=op.f("fk_verdicts_undoes"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_exam_session_id"), "verdicts", ["exam_session_id"], unique=False)
    op.create_index(op.f("ix_verdicts_violation_id"), "verdicts", ["violation_id"], unique=False)
    op.create_index(op.f("ix_verdicts_reviewer_id"), "verdicts", ["reviewer_id"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.Column("note", sa.String(4000), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("trust", sa.Float(), nullable=False),
        sa.Column("measured_trust", sa.Float(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_decisions_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_exam_session_id"), "decisions", ["exam_session_id"], unique=False)
    op.create_index(op.f("ix_decisions_reviewer_id"), "decisions", ["reviewer_id"], unique=False)


def _words() -> None:
    op.create_table(
        "staff_notes",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_staff_notes_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notes")),
    )
    op.create_index(op.f("ix_staff_notes_exam_session_id"), "staff_notes", ["exam_session_id"], unique=False)
    op.create_table(
        "student_comments",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("violation_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_student_comments_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["violation_id"], ["violations.id"], name=op.f("fk_student_comments_violation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_student_comments_decision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_comments")),
    )
    op.create_index(op.f("ix_student_comments_exam_session_id"), "student_comments", ["exam_session_id"], unique=False)
    op.create_index(op.f("ix_student_comments_violation_id"), "student_comments", ["violation_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TRIGGER audit_log_append_only ON audit_log")
    for table in ("student_comments", "staff_notes", "decisions", "verdicts"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_column("violations", "reviewed_kind")
    op.drop_column("violations", "verdict")
    op.drop_column("exam_sessions", "reviews")
