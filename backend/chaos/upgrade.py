"""F25: a newer version with one more migration takes over while people sit: expand, roll, and nobody loses a word.

The newer version is a copy of this one with a real Alembic revision that it does not know: columns that may be empty,
a table, an index. It migrates as it starts, while the old version serves everybody; then the old one is told to end.
"""

import asyncio
import signal
import time
from pathlib import Path

from app.db.migrate import newest_revision
from chaos.mutants import copied
from chaos.world import World, looking
from tools.server_child import ServerChild

MIGRATION = '''"""What a newer version might need: made by `make chaos`."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything here may be missing: the version before goes on beside it."""
    for table in ("client_messages", "exam_sessions", "users"):
        op.add_column(table, sa.Column("later_{revision}", sa.Text()))
    op.create_table("later_{revision}", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))
    op.create_index("ix_later_{revision}", "exam_sessions", ["later_{revision}"])


def downgrade() -> None:
    """Never asked for."""
'''
LONGEST_END_S = 20.0


async def upgrade_under_load(world: World, times: int) -> float:
    """The slowest acknowledgement meanwhile, and the slowest way back after the roll."""
    slowest, before = 0.0, newest_revision()
    backend = await world.blocking(lambda: copied(world.var_dir.parent / "newer"))
    for number in range(times):
        revision = f"9{number:03}"
        path = backend / "migrations" / "versions" / f"{revision}_later.py"
        path.write_text(_migration(revision, before))
        slowest = max(slowest, await _roll(world, backend, revision))
        before = revision
    return slowest


def _migration(revision: str, before: str) -> str:
    return MIGRATION.format(revision=revision, before=before)


async def _roll(world: World, backend: Path, revision: str) -> float:
    await world.some_acks()
    old = world.server
    new = ServerChild(world.var_dir, environment=old.environment, backend=backend)
    world.servers.append(new)
    slowest = 0.0
    starting = asyncio.create_task(asyncio.to_thread(new.start))
    while not starting.done():
        slowest = max(slowest, await world.acks_again())
        await asyncio.sleep(0.02)  # where nothing waits for an acknowledgement, nothing above lets the others work
    await starting
    async with looking(world.url) as db:
        if await db.fetchval("SELECT version_num FROM alembic_version") != revision:
            raise AssertionError("the newer version did not migrate")
    slowest = max(slowest, await world.acks_again())  # the old version, on the newer tables
    world.proxy.lead_to(new.port)
    world.server = new
    begun = time.monotonic()
    old.send(signal.SIGTERM)
    await world.blocking(old.wait)
    if (ended := time.monotonic() - begun) > LONGEST_END_S:
        raise AssertionError(f"the old version took {ended:.0f} s to end")
    if hung_up := {student.client.close_code for student in world.students} & {1006, 1011}:
        raise AssertionError(f"students were not told to come back but hung up on: {hung_up}")
    await world.acks_again()
    return max(slowest, time.monotonic() - begun)
