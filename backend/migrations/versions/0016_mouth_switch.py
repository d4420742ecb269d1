"""A switch for mouths that move without a voice, and voices without a mouth."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("exams", sa.Column("enable_mouth_detection", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("exams", "enable_mouth_detection", server_default=None)


def downgrade() -> None:
    """Undo."""
    op.drop_column("exams", "enable_mouth_detection")
