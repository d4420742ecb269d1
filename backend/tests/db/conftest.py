"""A new empty database for each of the database's own tests."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.session import make_engine

numbers = count(1)


@pytest.fixture
def empty_database(cluster_url: str) -> str:
    """The address of a database nobody used before."""
    name = f"empty_{next(numbers)}"
    host = str(make_url(cluster_url).query["host"])

    async def create() -> None:
        connection = await asyncpg.connect(host=host, user="proctor", database="postgres")
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    asyncio.run(create())
    return make_url(cluster_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
async def engine(empty_database: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the empty database."""
    engine = make_engine(empty_database)
    yield engine
    await engine.dispose()


@pytest.fixture
def evidence_dir(tmp_path: Path) -> Path:
    """Where the evidence of a test lies."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    return folder
