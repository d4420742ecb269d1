"""The account the server itself uses: it may not change or remove what is only ever added, nor change the schema."""

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

SERVER_ROLE = "proctor_server"
APPEND_ONLY = (
    "audit_log", "custody_links", "custody_manifests", "custody_stamps", "verdicts", "decisions", "staff_notes",
    "student_comments",
)  # fmt: skip
"""Rows of the last four go with their sitting, by the database's own cascade."""
HAS_NO_CASCADE = ("audit_log", "custody_links", "custody_manifests", "custody_stamps")
MAKE = """
DO $$ BEGIN
    CREATE ROLE {role} LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


async def grant(engine: AsyncEngine, server_url: str, *, make: bool = False) -> None:
    """Give the account of `server_url` what it needs and no more; `engine` is the owner's, after the migrations.

    Where server and owner are one account, it takes the rights away from itself where no cascade needs them.
    """
    role = make_url(server_url).username or ""
    async with engine.begin() as connection:
        if make:
            await connection.execute(text(MAKE.format(role=_quoted(role))))
        owner = (await connection.execute(text("SELECT current_user"))).scalar_one()
        if role in ("", owner):
            await _revoke(connection, owner, HAS_NO_CASCADE)
            return
        name = _quoted(role)
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
            f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
        ):
            await connection.execute(text(statement))
        await _revoke(connection, role, APPEND_ONLY)


async def _revoke(connection: AsyncConnection, role: str, tables: tuple[str, ...]) -> None:
    for table in tables:
        await connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {_quoted(role)}"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
