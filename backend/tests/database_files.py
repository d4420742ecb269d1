"""What lies in the database, byte by byte: to look for what should be gone."""

import subprocess
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.backup import connection_environment
from app.db.postgres_programs import pg_binary


def dump_of(url: str) -> bytes:
    """What pg_dump writes, as plain SQL."""
    command = [str(pg_binary("pg_dump")), "--inserts"]
    return subprocess.run(command, check=True, capture_output=True, env=connection_environment(url)).stdout


async def on_database_disk(engine: AsyncEngine) -> bytes:
    """Everything in the database's own data files, once what was deleted has been vacuumed away.

    The planner's statistics are taken too, as PostgreSQL does by itself now and then.
    """
    host = str(engine.url.query["host"])
    connection = await asyncpg.connect(host=host, user="proctor", database=engine.url.database)
    await connection.execute("ANALYZE")
    await connection.execute("VACUUM FULL")
    await connection.execute("CHECKPOINT")
    folder = Path(await connection.fetchval("SHOW data_directory"))
    number = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    await connection.close()
    return b"".join(path.read_bytes() for path in (folder / "base" / str(number)).iterdir() if path.is_file())
