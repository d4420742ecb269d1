"""`proctor storm`: a whole class starts, and later hands in, within the same few seconds (L6, L7)."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx2
import typer
import uvloop
from rich.console import Console

from app.commands.complaints import complain
from app.commands.crowd import UNWATCHED
from app.commands.load import DEMO_ADMIN, is_this_machine
from app.commands.rehearsal import Rehearsal, in_turns
from app.commands.student_client import StudentClient, StudentClientError, percentile_ms

QUESTION = {"type": "essay", "text": {"en": "What is a storm?", "bn": "ঝড় কী?"}, "body": {"max_words": 500}}
console = Console(highlight=False)


def storm(
    students: Annotated[int, typer.Option(min=1, max=2000, help="Students at once.")] = 500,
    within: Annotated[float, typer.Option(min=1, max=600, help="Seconds in which all of them start, and end.")] = 10.0,
    server: Annotated[str, typer.Option(help="Address of the server; only of this machine.")] = "http://localhost:8000",
    admin_email: Annotated[str, typer.Option(help="Who makes the exam and the accounts.")] = DEMO_ADMIN.email,
    admin_password: Annotated[str, typer.Option(help="That person's password.")] = DEMO_ADMIN.password,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line only.")] = False,
) -> None:
    """Let many students start and hand in at the same moment; exits with 1 where anything was lost or doubled."""
    if not is_this_machine(server):
        complain("not_this_machine", f"{server} is not this machine.", as_json=as_json)
        raise typer.Exit(2)
    try:
        result = uvloop.run(measure(server, (admin_email, admin_password), students, within))
    except (StudentClientError, httpx2.HTTPError, OSError) as error:
        complain("server_refused", str(error) or type(error).__name__, as_json=as_json)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(result))
    else:
        show(result)
    raise typer.Exit(0 if result["complaints"] == [] else 1)


@dataclass(slots=True)
class Wave:
    """How long each student waited, in seconds, and what went wrong."""

    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    tasks: "list[asyncio.Task[None]]" = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """For the last line."""
        return {
            "done": len(self.waits),
            "failed": len(self.failures),
            "p50_ms": percentile_ms(self.waits, 0.5),
            "p95_ms": percentile_ms(self.waits, 0.95),
            "p99_ms": percentile_ms(self.waits, 0.99),
            "longest_ms": percentile_ms(self.waits, 1.0),
        }


async def measure(server: str, admin: tuple[str, str], students: int, within: float) -> dict[str, Any]:
    """The last line of the output. Raises StudentClientError, httpx2.HTTPError."""
    async with Rehearsal(server, *admin, students=students, **UNWATCHED) as rehearsal:
        asked = await rehearsal.ask("POST", f"/exams/{rehearsal.exam_id}/questions", json=QUESTION)
        clients = [StudentClient(server) for _ in rehearsal.students]
        try:
            pairs = list(zip(clients, rehearsal.students, strict=True))
            await in_turns(lambda pair: pair[0].login(pair[1].email, pair[1].password), pairs)
            connected = Wave()
            started = await wave(clients, within, lambda one: _start(one, rehearsal.exam_id, connected))
            await asyncio.gather(*connected.tasks)
            answered = await wave(clients, within, lambda one: _answer(one, asked["id"], "a first thought"))
            ended = await wave(clients, within, lambda one: _hand_in(one, asked["id"]))
            complaints = await _complaints(rehearsal, clients, asked["id"])
        finally:
            await asyncio.gather(*(client.close() for client in clients))
    return {
        "students": students,
        "within_s": within,
        "start": started.figures(),
        "connect": connected.figures(),
        "hand_in": ended.figures(),
        "complaints": [*complaints, *(text for one in (started, answered, ended) for text in one.failures[:5])],
    }


async def wave(
    clients: Sequence[StudentClient], within: float, work: Callable[[StudentClient], Awaitable[Any]]
) -> Wave:
    """Everybody does the work, each at some moment of the next `within` seconds."""
    found = Wave()

    async def one(client: StudentClient) -> None:
        await asyncio.sleep(random.uniform(0.0, within))  # noqa: S311 - spreads a crowd, guards nothing
        begun = time.monotonic()
        try:
            await work(client)
        except (StudentClientError, httpx2.HTTPError, OSError) as error:
            found.failures.append(str(error) or type(error).__name__)
        else:
            found.waits.append(time.monotonic() - begun)

    await asyncio.gather(*(one(client) for client in clients))
    return found


async def _start(client: StudentClient, exam_id: int, connected: Wave) -> None:
    """The sitting, which is what the wave counts; the line is opened at once, and counted beside it."""
    begun = time.monotonic()
    await client.enter(exam_id)
    connected.tasks.append(asyncio.create_task(_open_line(client, begun, connected)))


async def _open_line(client: StudentClient, begun: float, connected: Wave) -> None:
    await client.connect()
    connected.waits.append(time.monotonic() - begun)


async def _answer(client: StudentClient, question_id: int, words: str) -> None:
    await client.paper()
    await client.say("answer", question_id=question_id, value=words, client_seq=1)
    await client.all_acknowledged()


async def _hand_in(client: StudentClient, question_id: int) -> None:
    """The last word, then the end: what was said is acknowledged before."""
    value = f"last words of {client.exam_session_id}"
    await client.say("answer", question_id=question_id, value=value, client_seq=2)
    await client.finish()


async def _complaints(rehearsal: Rehearsal, clients: Sequence[StudentClient], question_id: int) -> list[str]:
    """One sitting each, handed in, with the last words in it: what is not so."""
    found = await rehearsal.sittings()
    mine = sorted(client.exam_session_id for client in clients)
    complaints: list[str] = []
    if sorted(one["id"] for one in found) != mine or len({one["student_id"] for one in found}) != len(clients):
        complaints.append(f"{len(found)} sittings of {len(clients)} students")
    late = [one["id"] for one in found if one["state"] != "submitted"]
    complaints += [f"{len(late)} were not handed in"] if late else []
    lost: list[int] = []

    async def look(taken: dict[str, Any]) -> None:
        paper = await rehearsal.ask("GET", f"/exam-sessions/{taken['id']}/paper")
        answers = [(one["question_id"], one["value"]) for one in paper["answers"]]
        if answers != [(question_id, f"last words of {taken['id']}")]:
            lost.append(taken["id"])

    await in_turns(look, found)
    return complaints + ([f"{len(lost)} have not their last words"] if lost else [])


def show(result: dict[str, Any]) -> None:
    """For people."""
    console.print(f"{result['students']} students, each wave within {result['within_s']:g} s")
    for name, words in (
        ("start", "start"),
        ("connect", "start and open a line"),
        ("hand_in", "last answer and hand in"),
    ):
        one = result[name]
        console.print(
            f"  {words}: {one['done']} done, {one['failed']} failed; {one['p50_ms']} ms (median), "
            f"{one['p95_ms']} ms (95 %), {one['p99_ms']} ms (99 %), {one['longest_ms']} ms (longest)"
        )
    console.print("  " + ("; ".join(result["complaints"]) or "one sitting each, all handed in, every last word stored"))
