"""The exam's further settings, groups on its list, and when a sitting's clock began to run."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SWITCHES_OFF = (
    "randomize_questions",
    "randomize_options",
    "allow_calculator",
    "show_results_immediately",
    "anonymous_grading",
    "browser_lockdown",
    "require_fullscreen",
    "block_clipboard",
    "block_right_click",
    "block_shortcuts",
    "enable_screen_recording",
    "record_sound",
    "waiting_room",
    "require_id_document",
    "require_room_view",
    "practice",
)
FILLED: tuple[tuple[str, Any, str], ...] = (
    ("instructions", sa.Text(), ""),
    ("group", sa.String(100), ""),
    ("navigation", sa.String(8), "free"),
    ("question_language", sa.String(4), "both"),
    ("allow_review", sa.Boolean(), "true"),
    ("ip_restrictions", postgresql.JSONB(), "[]"),
    ("time_credit_minutes", sa.Integer(), "0"),
    ("late_sync_minutes", sa.Integer(), "1440"),
    *((name, sa.Boolean(), "false") for name in SWITCHES_OFF),
)
EMPTY: tuple[tuple[str, Any], ...] = (
    ("passing_score", sa.Float()),
    ("results_released_at", sa.DateTime(timezone=True)),
    ("exam_password_hash", sa.String(255)),
    ("max_tab_switches", sa.Integer()),
)


def upgrade() -> None:
    """Apply."""
    for name, kind, value in FILLED:
        _add("exams", name, kind, value)
    for name, kind in EMPTY:
        op.add_column("exams", sa.Column(name, kind, nullable=True))
    op.create_check_constraint(op.f("ck_exams_grace"), "exams", "time_credit_minutes >= 0 AND late_sync_minutes >= 0")
    _add("exam_enrolments", "group", sa.String(100), "")
    _add("exam_sessions", "held", sa.Boolean(), "false")
    op.add_column("exam_sessions", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("exam_sessions", sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE exam_sessions SET begun_at = start_time")


def downgrade() -> None:
    """Take back."""
    for name in ("admitted_at", "begun_at", "held"):
        op.drop_column("exam_sessions", name)
    op.drop_column("exam_enrolments", "group")
    op.drop_constraint(op.f("ck_exams_grace"), "exams")
    for name in (*(name for name, _ in EMPTY), *(name for name, _, _ in FILLED)):
        op.drop_column("exams", name)


def _add(table: str, name: str, kind: Any, value: str) -> None:
    """A column that existing rows get with this value, and new ones from the model."""
    op.add_column(table, sa.Column(name, kind, server_default=value, nullable=False))
    op.alter_column(table, name, server_default=None)
