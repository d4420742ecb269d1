"""Alembic's entry: migrates the connection it is handed, or (developer's command line) the configured database."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.core.config import get_settings
from app.db.base import Base
from app.db.embedded import database_of
from app.db.session import make_engine


def migrate_connection(connection: Connection) -> None:
    """Run the asked-for migrations in one transaction on `connection`."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


async def migrate_database(url: str) -> None:
    """Connect to `url` and migrate there."""
    engine = create_async_engine(make_engine(url).url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate_connection)
        await connection.commit()
    await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if context.is_offline_mode():
    raise SystemExit("Migrations need a database: --sql is not supported.")
if given is not None:
    migrate_connection(given)
else:
    with database_of(get_settings()) as configured_url:
        asyncio.run(migrate_database(configured_url))
