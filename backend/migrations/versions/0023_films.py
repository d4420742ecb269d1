"""How the camera's picture moved in each sitting, so that a film of an earlier sitting is recognised."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "film_pieces",
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_sessions.id"], name=op.f("fk_film_pieces_exam_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exam_session_id", "begins", name=op.f("pk_film_pieces")),
    )
    op.add_column("exam_sessions", sa.Column("uncompared", sa.Boolean(), server_default="false", nullable=False))
    op.create_index("ix_exam_sessions_uncompared", "exam_sessions", ["id"], postgresql_where=sa.text("uncompared"))


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_exam_sessions_uncompared", "exam_sessions")
    op.drop_column("exam_sessions", "uncompared")
    op.drop_table("film_pieces")
