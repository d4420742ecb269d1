"""The chain of custody of sittings, signed when they are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "custody_links",
        sa.Column("exam_session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("exam_session_id", "seq", name=op.f("pk_custody_links")),
    )
    op.create_table(
        "custody_manifests",
        sa.Column("exam_session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("exam_session_id", "number", name=op.f("pk_custody_manifests")),
    )
    op.add_column("exam_sessions", sa.Column("unsealed", sa.Boolean(), server_default="false", nullable=False))
    op.execute("UPDATE exam_sessions SET unsealed = true WHERE settled")
    op.alter_column("exam_sessions", "unsealed", server_default=None)
    op.create_index("ix_exam_sessions_unsealed", "exam_sessions", ["id"], postgresql_where=sa.text("unsealed"))


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_exam_sessions_unsealed", "exam_sessions")
    op.drop_column("exam_sessions", "unsealed")
    op.drop_table("custody_manifests")
    op.drop_table("custody_links")
