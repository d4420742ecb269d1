"""Typed answers when the server is killed while they are being typed: what was acknowledged is stored, newest wins."""

import asyncio
import itertools
import json

from tests.faults.conftest import Sit, Sitting, broken_promises, in_thread, looking, rest, until
from tools.server_child import ServerChild

QUESTION = """
INSERT INTO questions (exam_id, owner_id, position, type, text, explanation, points, negative_points, tags, body, key,
  rubric, fingerprint)
SELECT exams.id, creator_id, 0, 'essay', '{"en": "Why?"}', '{}', 1, 0, '[]', '{}', '{}', '[]', ''
FROM exams JOIN exam_sessions ON exams.id = exam_id WHERE exam_sessions.id = $1 RETURNING id
"""
TYPED = "বাংলায় লেখা উত্তর, ড়ঢ়য় ১২৩, "


async def question_on_paper(database: str, exam_session_id: int) -> int:
    """An essay on the student's paper."""
    async with looking(database) as db:
        question_id: int = await db.fetchval(QUESTION, exam_session_id)
        parts = json.dumps([{"id": None, "questions": [{"id": question_id, "orders": {}}]}])
        await db.execute("INSERT INTO papers (exam_session_id, parts) VALUES ($1, $2)", exam_session_id, parts)
    return question_id


async def kept(database: str, exam_session_id: int) -> tuple[int, str]:
    """Count and value of the answer."""
    async with looking(database) as db:
        row = await db.fetchrow("SELECT client_seq, value FROM answers WHERE exam_session_id = $1", exam_session_id)
    assert row is not None
    return row["client_seq"], row["value"]


async def typing(sitting: Sitting, question_id: int) -> None:
    """The same answer, longer each time; every fifth message repeats an older state of it."""
    for number in itertools.count(1):
        count = number - 3 if number % 5 == 0 else number
        await sitting.say("answer", question_id=question_id, value=f"{TYPED}{count}", client_seq=count)
        await asyncio.sleep(0.02)


async def test_kill_9_while_typing_keeps_the_newest_acknowledged_answer(
    server: ServerChild, database: str, sit: Sit
) -> None:
    async with sit() as sitting:
        key = sitting.client.exam_session_id
        task = asyncio.create_task(typing(sitting, await question_on_paper(database, key)))
        await until(lambda: sitting.history.acked > 20)
        server.kill()
        acked = sitting.history.acked
        count, value = await kept(database, key)
        assert count >= max(sitting.history.sent[seq][1]["client_seq"] for seq in range(1, acked + 1))
        assert value == f"{TYPED}{count}"
        await in_thread(server.start)
        await until(lambda: sitting.history.acked > acked)
        await rest(task)
        ended = await sitting.client.finish()
        assert ended["state"] == "submitted"
        assert await broken_promises(database, sitting) == []
        last = max(payload["client_seq"] for _, payload in sitting.history.sent.values())
        assert await kept(database, key) == (last, f"{TYPED}{last}")
