"""Questions, sections, papers, answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sections",
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("instructions", postgresql.JSONB(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("navigation", sa.String(length=16), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("pool > 0", name=op.f("ck_sections_pool")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_sections_seconds")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_sections_exam_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
    )
    op.create_index(op.f("ix_sections_exam_id"), "sections", ["exam_id"], unique=False)
    op.create_table(
        "papers",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_papers_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exam_session_id", name=op.f("pk_papers")),
    )
    op.create_table(
        "questions",
        sa.Column("exam_id", sa.Integer(), nullable=True),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("text", postgresql.JSONB(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("negative_points", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("tags", postgresql.JSONB(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("key", postgresql.JSONB(), nullable=False),
        sa.Column("rubric", postgresql.JSONB(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("negative_points >= 0", name=op.f("ck_questions_negative_points")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_questions_points")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_questions_seconds")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_questions_exam_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_questions_owner_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_questions_section_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(
        "ix_questions_bank", "questions", ["owner_id"], unique=False, postgresql_where=sa.text("exam_id IS NULL")
    )
    op.create_index(op.f("ix_questions_exam_id"), "questions", ["exam_id"], unique=False)
    op.create_index("ix_questions_fingerprint", "questions", ["exam_id", "fingerprint"], unique=False)
    op.create_index(op.f("ix_questions_section_id"), "questions", ["section_id"], unique=False)
    op.create_table(
        "answers",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("client_seq", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.Column("rubric", postgresql.JSONB(), nullable=False),
        sa.Column("marked_by", sa.BigInteger(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_answers_exam_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_answers_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("exam_session_id", "question_id", name=op.f("uq_answers_exam_session_id_question_id")),
    )
    op.create_index(op.f("ix_answers_question_id"), "answers", ["question_id"], unique=False)
    op.create_table(
        "question_flags",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"],
            ["exam_sessions.id"],
            name=op.f("fk_question_flags_exam_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_flags_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exam_session_id", "question_id", name=op.f("pk_question_flags")),
    )


def downgrade() -> None:
    """Take back."""

    op.drop_table("question_flags")
    op.drop_index(op.f("ix_answers_question_id"), table_name="answers")
    op.drop_table("answers")
    op.drop_index(op.f("ix_questions_section_id"), table_name="questions")
    op.drop_index("ix_questions_fingerprint", table_name="questions")
    op.drop_index(op.f("ix_questions_exam_id"), table_name="questions")
    op.drop_index("ix_questions_bank", table_name="questions", postgresql_where=sa.text("exam_id IS NULL"))
    op.drop_table("questions")
    op.drop_table("papers")
    op.drop_index(op.f("ix_sections_exam_id"), table_name="sections")
    op.drop_table("sections")
