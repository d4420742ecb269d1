"""Connections of the pool: one that the database has ended is replaced unnoticed, and none is asked before each use."""

import asyncio

from asyncpg.connection import LoggedQuery
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.session import make_engine


async def test_a_connection_that_the_database_ended_is_replaced(engine: AsyncEngine, cluster_url: str) -> None:
    ours = make_engine(cluster_url, pool_size=1, max_overflow=0)
    try:
        async with ours.connect() as connection:
            pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            driver = (await connection.get_raw_connection()).driver_connection
        async with engine.connect() as other:
            await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        assert driver is not None
        async with asyncio.timeout(10):
            while not driver.is_closed():  # noqa: ASYNC110 - until the loop has read what the database said
                await asyncio.sleep(0.01)
        async with ours.connect() as connection:
            assert (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one() != pid
    finally:
        await ours.dispose()


async def test_a_transaction_costs_what_is_in_it(cluster_url: str) -> None:
    ours, said = make_engine(cluster_url, pool_size=1, max_overflow=0), list[str]()

    @event.listens_for(ours.sync_engine, "connect")
    def _connected(connection: object, _record: object) -> None:
        driver = connection.driver_connection  # type: ignore[attr-defined]
        driver.add_query_logger(_note)

    def _note(query: LoggedQuery) -> None:
        said.append(query.query)

    try:
        for _ in range(4):
            async with ours.begin() as connection:
                await connection.execute(text("SELECT 1"))
        # Statements that are prepared are not told of; what a new connection asks comes before all others.
        assert said[-6:] == ["BEGIN;", "COMMIT;"] * 3
    finally:
        await ours.dispose()
