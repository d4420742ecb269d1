"""What is measured of sound, and which client has used a refresh token."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sound_pieces",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("levels", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_sound_pieces_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exam_session_id", "begins", name=op.f("pk_sound_pieces")),
    )
    op.add_column("refresh_tokens", sa.Column("used_by", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("refresh_tokens", "used_by")
    op.drop_table("sound_pieces")
