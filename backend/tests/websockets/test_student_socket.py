"""The student's socket: numbered messages are stored exactly once and acknowledged, however the student connects."""

import asyncio

from app.db.models import ExamSession, User
from app.domain.exam_sessions import SessionState
from tests.live import LiveServer


async def test_hello_comes_first_and_says_what_a_client_needs(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    hello = line.heard[0]
    assert hello["type"] == "hello"
    assert (hello["protocol"], hello["session_id"], hello["resume_from"]) == ("360proctor.v1", taken.id, 1)
    assert hello["language"] == "en"
    assert hello["ends_at"].endswith("Z")
    assert hello["limits"] == {"max_fps": 2.0, "max_bytes": 262144, "width": 640, "height": 480, "quality": 0.6}
    assert (await server.row(taken)).state == SessionState.ACTIVE


async def test_messages_are_stored_as_sent_and_acknowledged(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    await line.say(1, kind="window_blur")
    await line.say(2, "answer", question_id=7, value="ক্ষ", client_seq=1)
    await line.say(3, "consent", given=True)
    await line.acknowledged(3)
    assert await server.stored(taken) == [
        (1, {"kind": "window_blur"}),
        (2, {"question_id": 7, "value": "ক্ষ", "client_seq": 1}),
        (3, {"given": True}),
    ]
    assert [one.kind for one in await server.violations(taken)] == ["window_blur"]
    assert line.errors() == []


async def test_a_repeat_is_acknowledged_again_and_stored_once(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    await line.say(1, kind="tab_switch")
    await line.acknowledged(1)
    await line.say(1, kind="tab_switch")
    await line.acknowledged(1)
    assert await server.stored(taken) == [(1, {"kind": "tab_switch"})]
    assert [one.count for one in await server.violations(taken)] == [1]


async def test_a_number_used_twice_for_different_things_keeps_the_first_and_says_so(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    await line.say(1, "answer", value="first")
    await line.acknowledged(1)
    await line.say(1, "answer", value="second")
    assert (await line.until("error"))["code"] == "seq_changed"
    await line.acknowledged(1)
    assert await server.stored(taken) == [(1, {"value": "first"})]


async def test_a_gap_is_asked_for_and_filled(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await server.student(student, taken)
    await line.say(1, "answer", value="1")
    await line.acknowledged(1)
    await line.say(3, "answer", value="3")
    gap = await line.until("error", code="seq_gap")
    assert gap["params"] == {"expected": 2, "got": 3}
    assert await server.stored(taken) == [(1, {"value": "1"})]
    await line.say(2, "answer", value="2")
    await line.acknowledged(3)
    assert [seq for seq, _ in await server.stored(taken)] == [1, 2, 3]


async def test_a_gap_of_a_million_holds_nothing_and_hurts_nobody(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    for seq in range(1_000_000, 1_000_050):
        await line.say(seq, "answer", value="x")
    assert (await line.until("error"))["params"]["expected"] == 1
    await line.say(1, "answer", value="1")
    await line.acknowledged(1)
    assert [seq for seq, _ in await server.stored(taken)] == [1]


async def test_reversed_order_and_three_full_replays_store_each_once(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    """F17."""
    for _ in range(3):
        line = await server.student(student, taken)
        for seq in reversed(range(1, 41)):
            await line.say(seq, kind="copy_paste", number=seq)
        await line.acknowledged(40)
        await line.connection.close()
    assert [payload for _, payload in await server.stored(taken)] == [
        {"kind": "copy_paste", "number": number} for number in range(1, 41)
    ]
    assert sum(one.count for one in await server.violations(taken)) == 40


async def test_after_a_reconnect_it_resumes_at_the_first_number_that_is_not_stored(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    for seq in (1, 2, 3, 5):
        await line.say(seq, "answer", value=str(seq))
    await line.acknowledged(3)
    line.connection.transport.abort()
    await server.loopback.quiet()
    again = await server.student(student, taken)
    assert again.heard[0]["resume_from"] == 4
    for seq in (4, 5):
        await again.say(seq, "answer", value=str(seq))
    await again.acknowledged(5)
    server.restart()
    await again.connection.close()
    afresh = await server.student(student, taken)
    assert afresh.heard[0]["resume_from"] == 6
    assert [seq for seq, _ in await server.stored(taken)] == [1, 2, 3, 4, 5]


async def test_of_two_tabs_the_newer_stays(server: LiveServer, student: User, taken: ExamSession) -> None:
    older = await server.student(student, taken)
    newer = await server.student(student, taken)
    assert await older.code() == 4409
    await newer.say(1, kind="tab_switch")
    await newer.acknowledged(1)


async def test_of_twenty_tabs_at_once_one_stays_and_nothing_is_lost(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    """F18. All tabs share one outbox, as a browser's do: each sends what is not acknowledged yet."""
    lines = await asyncio.gather(*(server.dial(f"ws/{taken.id}", server.token(student)) for _ in range(20)))

    async def use(number: int) -> str:
        line = lines[number]
        try:
            await line.until("hello")
            for seq in range(1, 11):
                await line.say(seq, "answer", value=str(seq))
            await line.acknowledged(10)
            await line.code(limit=1.0)
        except TimeoutError:
            return "alive"
        except Exception:  # noqa: BLE001 - closed while we were talking
            return str(line.connection.close_code)
        return str(line.connection.close_code)

    fates = await asyncio.gather(*(use(number) for number in range(20)))
    assert sorted(fates) == ["4409"] * 19 + ["alive"]
    assert await server.stored(taken) == [(seq, {"value": str(seq)}) for seq in range(1, 11)]


async def test_silence_is_closed_with_4408_and_a_heartbeat_keeps_the_line(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    server.change(IDLE_SECONDS=0.4)
    line = await server.student(student, taken)
    begun = asyncio.get_running_loop().time()
    for _ in range(6):
        await line.send({"type": "status"})
        await asyncio.sleep(0.15)
    assert await line.code() == 4408
    assert asyncio.get_running_loop().time() - begun > 1.0


async def test_a_flood_is_cut_and_others_go_on(
    server: LiveServer, student: User, taken: ExamSession, other_sitting: tuple[User, ExamSession]
) -> None:
    """F20."""
    other, theirs = other_sitting
    flooder, calm = await server.student(student, taken), await server.student(other, theirs)
    flood = asyncio.gather(*(flooder.say(seq, "answer", value="x") for seq in range(1, 1001)), return_exceptions=True)
    loop = asyncio.get_running_loop()
    waits = []
    for seq in range(1, 11):
        begun = loop.time()
        await calm.say(seq, "answer", value="x")
        await calm.acknowledged(seq)
        waits.append(loop.time() - begun)
    await flood
    assert await flooder.code() == 4429
    assert "too_many_messages" in flooder.errors()
    assert max(waits) < 1.0
    kept = [seq for seq, _ in await server.stored(taken)]
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) >= max(ack["upto"] for ack in flooder.of("ack") or [{"upto": 0}])


async def test_a_flood_of_binary_messages_is_cut_too(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await server.student(student, taken)
    await asyncio.gather(*(line.show(number, b"", 0) for number in range(2000)), return_exceptions=True)
    assert await line.code() == 4429
    assert line.errors()[-1] == "too_many_messages"
