"""Repeats, disorder, gaps and whole replays over a real socket are stored once, in order (F17)."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.commands.rehearsal import Rehearsal
from app.schemas.realtime import PROTOCOL
from chaos.history import History, Row, complaints
from tests.faults.conftest import looking
from tools.server_child import ADMIN, ServerChild


@asynccontextmanager
async def student_line(server: ServerChild, rehearsal: Rehearsal) -> AsyncIterator[tuple[ClientConnection, int, int]]:
    """A bare socket of the rehearsal's student, the exam session, and the number the server wants next."""
    student = rehearsal.students[0]
    async with httpx2.AsyncClient(base_url=f"{server.url}/api/v1") as http:
        answer = await http.post("/auth/login", json={"email": student.email, "password": student.password})
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        taken = (await http.post("/proctoring/start-session", json={"exam_id": rehearsal.exam_id})).json()["id"]
        ticket = (await http.post(f"/proctoring/sessions/{taken}/ticket")).json()["ticket"]
    address = f"ws://127.0.0.1:{server.port}/api/v1/proctoring/ws/{taken}?token={ticket}"
    async with connect(address, subprotocols=[Subprotocol(PROTOCOL)], compression=None, proxy=None) as line:
        yield line, taken, json.loads(await line.recv())["resume_from"]


async def hear_until(line: ClientConnection, upto: int, history: History) -> list[dict[str, Any]]:
    """Everything the server says until it has acknowledged `upto`; what was no acknowledgement."""
    heard = []
    while history.acked < upto:
        message = json.loads(await line.recv())
        history.hears(message)
        if message["type"] != "ack":
            heard.append(message)
    return heard


async def next_error(line: ClientConnection) -> dict[str, Any]:
    """The next refusal; what the server says unasked (a line that was away for long, say) is passed over."""
    while (message := json.loads(await line.recv()))["type"] != "error":
        pass
    return dict(message)


async def test_repeats_disorder_and_replays_are_stored_once(server: ServerChild, database: str) -> None:
    history, disorder = History(), random.Random(17)
    messages: list[dict[str, Any]] = [{"seq": seq, "type": "status", "t": 0, "at": seq * 10} for seq in range(1, 61)]
    for message in messages:
        history.says(message["seq"], "status", {"at": message["at"]})
    async with Rehearsal(server.url, *ADMIN, students=1) as rehearsal:
        async with student_line(server, rehearsal) as (line, taken, wanted):
            assert wanted == 1
            shuffled = messages * 2
            disorder.shuffle(shuffled)
            for message in shuffled:
                await line.send(json.dumps(message))
            heard = await hear_until(line, 60, history)
            assert {message["code"] for message in heard} == {"seq_gap"}
        for _ in range(3):
            history.acked = 0
            async with student_line(server, rehearsal) as (line, _, wanted):
                assert wanted == 61
                for message in messages:
                    await line.send(json.dumps(message))
                heard = await hear_until(line, 60, history)
                assert [message for message in heard if message["type"] == "error"] == []
        async with student_line(server, rehearsal) as (line, _, _):
            await line.send(json.dumps({"seq": 62, "type": "status", "at": 620}))
            gap = await next_error(line)
            assert (gap["code"], gap["params"]) == ("seq_gap", {"expected": 61, "got": 62})
            await line.send(json.dumps({"seq": 61, "type": "status", "at": 610}))
            history.says(61, "status", {"at": 610})
            history.says(62, "status", {"at": 620})
            await hear_until(line, 62, history)
            await line.send(json.dumps({"seq": 61, "type": "status", "at": "another story"}))
            assert (await next_error(line))["code"] == "seq_changed"
        async with looking(database) as db:
            found = await db.fetch("SELECT seq, type, payload FROM client_messages WHERE exam_session_id = $1", taken)
            last_seq = await db.fetchval("SELECT last_seq FROM exam_sessions WHERE id = $1", taken)
        rows = [Row(row["seq"], row["type"], row["payload"]) for row in found]
        assert list(complaints(history, rows, last_seq=last_seq)) == []
