"""What is there for demonstration, and the work of making and removing it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Apply."""
    for table in ("exams", "users"):
        op.add_column(table, sa.Column("demo_data", sa.Boolean(), server_default="false", nullable=False))
        op.alter_column(table, "demo_data", server_default=None)
    op.create_table(
        "demo_runs",
        sa.Column("removes", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_runs")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("demo_runs")
    for table in ("exams", "users"):
        op.drop_column(table, "demo_data")
