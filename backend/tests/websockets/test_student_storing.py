"""Nothing is acknowledged before its commit, nothing acknowledged is lost: whatever the database or the disk does."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.models import ExamSession, User
from app.db.session import make_engine
from tests.fakes import FullDisk
from tests.live import LiveServer
from tests.pictures import jpeg

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
OURS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
INTERRUPT = """
CREATE FUNCTION interrupt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('interruptions') <= 3 THEN
        RAISE EXCEPTION 'interrupted' USING ERRCODE = '{code}';
    END IF;
    RETURN NULL;
END $$
"""


@pytest.fixture
async def outside(cluster_url: str) -> AsyncIterator[AsyncEngine]:
    """A connection of its own, as another program's."""
    engine = make_engine(cluster_url, pool_size=2)
    yield engine
    await engine.dispose()


async def test_no_acknowledgement_leaves_before_the_commit(
    server: LiveServer, student: User, taken: ExamSession, outside: AsyncEngine
) -> None:
    line = await server.student(student, taken)
    async with outside.connect() as holder, outside.connect() as observer:
        await holder.execute(text("SELECT 1 FROM exam_sessions WHERE id = :id FOR UPDATE"), {"id": taken.id})
        await line.say(1, kind="tab_switch")
        async with asyncio.timeout(5):  # until the server's transaction waits for ours
            while not await observer.scalar(text(WAITING)):
                await observer.rollback()
        await line.show(9, b"", 0, kind=255)
        await line.until("error", code="unknown_kind")  # later words come, the acknowledgement does not
        assert line.of("ack") == []
        assert line.of("violation.opened") == []
        assert await server.stored(taken) == []
        await holder.rollback()
    await line.acknowledged(1)
    assert [seq for seq, _ in await server.stored(taken)] == [1]
    assert [one.kind for one in await server.violations(taken)] == ["tab_switch"]


async def test_a_newer_tab_resumes_after_what_the_older_one_was_storing(
    server: LiveServer, student: User, taken: ExamSession, outside: AsyncEngine
) -> None:
    """Otherwise a number would be acknowledged to the newer tab under which the older one's message is kept."""
    older = await server.student(student, taken)
    async with outside.connect() as holder, outside.connect() as observer:
        await holder.execute(text("LOCK TABLE client_messages IN EXCLUSIVE MODE"))
        await older.say(1, "answer", value="from the older")
        async with asyncio.timeout(5):
            while not await observer.scalar(text(WAITING)):
                await observer.rollback()
        newer = asyncio.create_task(server.student(student, taken))
        await older.say(2, "answer", value="too late")
        await holder.rollback()
    line = await newer
    resume_from = line.heard[0]["resume_from"]
    await line.say(resume_from, "answer", value="from the newer")
    await line.acknowledged(resume_from)
    stored = await server.stored(taken)
    assert stored[0] == (1, {"value": "from the older"})
    assert stored[-1] == (resume_from, {"value": "from the newer"})


async def test_a_transaction_that_waits_too_long_is_tried_again(
    server: LiveServer, student: User, taken: ExamSession, outside: AsyncEngine
) -> None:
    """The server gives up a lock after two seconds (55P03); giving up is not losing."""
    line = await server.student(student, taken)
    async with outside.connect() as holder:
        await holder.execute(text("SELECT 1 FROM exam_sessions WHERE id = :id FOR UPDATE"), {"id": taken.id})
        await line.say(1, "answer", value="x")
        with pytest.raises(TimeoutError):
            await line.until("ack", limit=2.3)
        await holder.rollback()
    await line.acknowledged(1)


async def test_killed_connections_lose_nothing_and_double_nothing(
    server: LiveServer, student: User, taken: ExamSession, outside: AsyncEngine
) -> None:
    """F07."""
    server.change(MESSAGES_PER_SECOND=1000, MESSAGE_BURST=5000)
    line = await server.student(student, taken)
    killed = seq = 0

    async def kill() -> None:
        nonlocal killed
        async with outside.connect() as killer:
            while killed < 6:
                killed += len((await killer.execute(text(OURS))).all())
                await killer.rollback()
                await asyncio.sleep(0.01)

    killing = asyncio.create_task(kill())
    while not killing.done() or seq < 50:
        seq += 1
        await line.say(seq, kind="copy_paste", number=seq)
        await asyncio.sleep(0.01)
    await killing
    await line.acknowledged(seq)
    assert await server.stored(taken) == [(n, {"kind": "copy_paste", "number": n}) for n in range(1, seq + 1)]
    (violation,) = await server.violations(taken)
    assert violation.count == seq
    assert len(line.of("violation.opened")) == 1


@pytest.mark.parametrize("code", ["40001", "40P01", "57014"])
async def test_an_interrupted_transaction_is_tried_again(
    server: LiveServer, student: User, taken: ExamSession, outside: AsyncEngine, code: str
) -> None:
    line = await server.student(student, taken)
    async with outside.begin() as connection:
        await connection.execute(text("CREATE SEQUENCE interruptions"))
        await connection.execute(text("GRANT USAGE ON SEQUENCE interruptions TO PUBLIC"))
        await connection.execute(text(INTERRUPT.format(code=code)))
        await connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER interrupting AFTER INSERT ON client_messages DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION interrupt()"
            )
        )
    try:
        await line.say(1, kind="tab_switch")
        await line.acknowledged(1)
    finally:
        async with outside.begin() as connection:
            await connection.execute(text("DROP TRIGGER interrupting ON client_messages"))
            await connection.execute(text("DROP FUNCTION interrupt"))
            await connection.execute(text("DROP SEQUENCE interruptions"))
    assert await server.stored(taken) == [(1, {"kind": "tab_switch"})]
    assert [(one.kind, one.count) for one in await server.violations(taken)] == [("tab_switch", 1)]
    assert len(line.of("violation.opened")) == 1


async def test_a_line_cut_while_its_message_waits_for_the_database_changes_nothing(
    server: LiveServer, student: User, taken: ExamSession, outside: AsyncEngine
) -> None:
    line = await server.student(student, taken)
    async with outside.connect() as holder, outside.connect() as observer:
        await holder.execute(text("SELECT 1 FROM exam_sessions WHERE id = :id FOR UPDATE"), {"id": taken.id})
        await line.say(1, kind="tab_switch")
        async with asyncio.timeout(5):
            while not await observer.scalar(text(WAITING)):
                await observer.rollback()
        line.connection.transport.abort()
        await asyncio.sleep(0.05)  # the server notices
        await holder.rollback()
    await server.loopback.quiet()
    again = await server.student(student, taken)
    assert again.heard[0]["resume_from"] == len(await server.stored(taken)) + 1
    await again.say(1, kind="tab_switch")
    await again.acknowledged(1)
    assert await server.stored(taken) == [(1, {"kind": "tab_switch"})]
    assert [(one.kind, one.count) for one in await server.violations(taken)] == [("tab_switch", 1)]


async def test_a_full_disk_costs_the_pictures_and_nothing_else(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    """F10."""
    server.use(store=FullDisk())
    line = await server.student(student, taken)
    await line.show(1, jpeg(), 1000)
    await line.answer_to(1)
    await line.say(1, kind="tab_switch")
    await line.acknowledged(1)
    opened = line.of("violation.opened")[0]
    assert opened["violation"]["evidence"] == []
    assert [one.kind for one in await server.violations(taken)] == ["tab_switch"]
    assert await server.evidence(taken) == []


async def test_what_a_client_repeats_after_a_restart_is_the_same_violation(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    """F01 in small: everything in memory is gone, the client sends again what it has no acknowledgement for."""
    for _ in range(3):
        line = await server.student(student, taken)
        for seq in range(1, 6):
            await line.say(seq, kind="tab_switch")
        await line.acknowledged(5)
        line.connection.transport.abort()
        await server.loopback.quiet()
        server.restart()
    (violation,) = await server.violations(taken)
    assert violation.count == 5
