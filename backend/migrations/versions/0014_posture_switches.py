"""Switches for covered faces, hands at ears and bent heads; none for keeping sound, which nothing ever did."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SWITCHES = {
    "enable_covered_face_detection": "true",
    "enable_hand_at_ear_detection": "false",
    "enable_looking_down_detection": "false",
}


def upgrade() -> None:
    """Apply."""
    for name, value in SWITCHES.items():
        op.add_column("exams", sa.Column(name, sa.Boolean(), server_default=value, nullable=False))
        op.alter_column("exams", name, server_default=None)
    op.drop_column("exams", "record_sound")


def downgrade() -> None:
    """Undo."""
    op.add_column("exams", sa.Column("record_sound", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("exams", "record_sound", server_default=None)
    for name in SWITCHES:
        op.drop_column("exams", name)
