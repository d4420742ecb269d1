"""Migrations: they make exactly what the models say, once, and refuse a database from the future."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import Base
from app.db.migrate import BACKEND, MigrationError, current_revision, migrate, newest_revision


def differences(connection: Connection) -> list[object]:
    found: list[object] = compare_metadata(
        MigrationContext.configure(connection, opts={"compare_server_default": True}), Base.metadata
    )
    return found


async def test_they_make_what_the_models_say(engine: AsyncEngine) -> None:
    assert await current_revision(engine) is None
    assert await migrate(engine) == newest_revision() == await current_revision(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_files_are_named_by_their_revisions() -> None:
    scripts = list(ScriptDirectory.from_config(Config(BACKEND / "alembic.ini")).walk_revisions())
    assert [one.revision for one in scripts] == [Path(one.path).name.partition("_")[0] for one in scripts]
    assert scripts[0].revision == newest_revision() == max(one.revision for one in scripts)


async def test_two_processes_at_once_migrate_once(engine: AsyncEngine) -> None:
    assert {*await asyncio.gather(migrate(engine), migrate(engine))} == {newest_revision()}
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda found: inspect(found).get_table_names())
    assert {*tables} == {*Base.metadata.tables, "alembic_version"}


async def test_a_database_of_a_newer_version_is_left_alone(engine: AsyncEngine) -> None:
    await migrate(engine)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MigrationError, match="9999"):
        await migrate(engine)
    assert await current_revision(engine) == "9999"


async def test_nobody_queues_behind_a_migration_that_waits(engine: AsyncEngine) -> None:
    await migrate(engine)
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
    async with engine.connect() as reader, engine.connect() as looking:
        await reader.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        migrating = asyncio.create_task(migrate(engine))
        async with asyncio.timeout(60):
            for wanted in (1, 0):  # it waits, and then lets the others pass
                while await looking.scalar(waiting) != wanted:  # noqa: ASYNC110 - PostgreSQL announces no locks
                    await asyncio.sleep(0.02)
        assert not migrating.done()
        await reader.rollback()
        assert await migrating == newest_revision()


async def test_the_planner_forgets_what_people_wrote(engine: AsyncEngine) -> None:
    await migrate(engine)
    sampled = text("SELECT count(*) FROM pg_stats WHERE tablename = 'installation_marks' AND attname = 'value'")
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE installation_marks ALTER COLUMN value SET STATISTICS -1"))
        await connection.execute(text("INSERT INTO installation_marks VALUES ('a', 'Zyxwina Qrstovka')"))
        await connection.execute(text("ANALYZE installation_marks"))
        assert await connection.scalar(sampled) == 1
    await migrate(engine)
    async with engine.begin() as connection:
        assert await connection.scalar(sampled) == 0
        await connection.execute(text("ANALYZE installation_marks"))
        assert await connection.scalar(sampled) == 0
