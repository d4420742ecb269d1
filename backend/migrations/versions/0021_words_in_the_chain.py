"""What a sitting's chain stands for beside its messages: consents as they were shown, and texts of staff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

AUTHOR = "fk_sitting_messages_author_id"


def upgrade() -> None:
    """Apply. The defaults stay in the database: a server of the version before writes these tables meanwhile."""
    op.add_column("consents", sa.Column("shown", sa.Text(), server_default=sa.text("''"), nullable=False))
    ids = sa.Column("consent_ids", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
    op.add_column("exam_sessions", ids)
    op.drop_constraint(op.f(AUTHOR), "sitting_messages", type_="foreignkey")


def downgrade() -> None:
    """Take back."""
    op.execute("UPDATE sitting_messages SET author_id = NULL WHERE author_id NOT IN (SELECT id FROM users)")
    op.create_foreign_key(op.f(AUTHOR), "sitting_messages", "users", ["author_id"], ["id"], ondelete="SET NULL")
    op.drop_column("exam_sessions", "consent_ids")
    op.drop_column("consents", "shown")
