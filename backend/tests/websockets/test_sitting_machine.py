"""A sitting as hypothesis drives it, over HTTP and the real socket, on the real database: nothing it does in any order
breaks the graph of states, loses what was acknowledged, or gives or takes time twice (I1, I4, I5, I9).

`make chaos` runs it on variants of the product each of which breaks one rule (`chaos/mutants.py`, S1 to S7).
"""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, update
from websockets.exceptions import ConnectionClosed

from app.core.clock import now
from app.db.models import Answer, ClientMessage, ExamSession, Outage, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import OPEN, TRANSITIONS, SessionState
from tests.builders import make_exam, make_question, make_user
from tests.live import Line, LiveServer

T = TypeVar("T")
CONSENT = {"version": "1", "camera": True, "sound": True, "screen": True, "identity": True}
TEXT = {"type": "short_text", "text": {"en": "Why?"}, "body": {"max_length": 100}, "key": {"accepted": ["so"]}}
EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "8"))
CREDIT_MINUTES, AWAY, PAUSED, EXTRA = 3, timedelta(minutes=2), timedelta(minutes=1), timedelta(minutes=5)
NEARLY = timedelta(seconds=0.5)
OPEN_STATES = {one.value for one in OPEN}


def reachable(before: str) -> set[str]:
    """Itself and everything that may follow, in any number of steps."""
    found, waiting = {before}, [SessionState(before)]
    while waiting:
        for one in TRANSITIONS[waiting.pop()]:
            if one.value not in found:
                found.add(one.value)
                waiting.append(one)
    return found


class SittingMachine(RuleBasedStateMachine):
    """One student, one exam, one sitting; the machine's thread asks the event loop of the test."""

    server: LiveServer
    sessions: Sessions
    teacher: User
    loop: asyncio.AbstractEventLoop
    reached: ClassVar[Counter[str]] = Counter()
    """What happened at all: a run that never paused proves nothing about pauses."""

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    @initialize(hold=st.booleans(), waiting_room=st.booleans())
    def begin_afresh(self, hold: bool, waiting_room: bool) -> None:
        self.key, self.question = 0, 0
        self.line: Line | None = None
        self.seq, self.acked, self.states, self.count = 0, 0, ["created"], 0
        self.sent: dict[int, tuple[int, str]] = {}
        self.extended, self.after_the_end = 0, set[int]()
        self.first_end: datetime | None = None
        self.waiting_room, self.held, self.consented = waiting_room, hold, False
        self.wait(self._make(hold=hold, waiting_room=waiting_room))

    async def _make(self, *, hold: bool, waiting_room: bool) -> None:
        async with unit_of_work(self.sessions) as db:
            self.student = await make_user(db)
            exam = await make_exam(db, self.teacher, waiting_room=waiting_room, time_credit_minutes=CREDIT_MINUTES)
            self.question = (await make_question(db, exam, TEXT)).id
            self.exam_id = exam.id
        self.begins_at_once = not (hold or waiting_room)
        found = await self.ask(self.student, "/proctoring/start-session", {"exam_id": exam.id, "hold": hold})
        self.key = found["id"]

    async def ask(self, who: User, path: str, body: Any = None) -> Any:
        async with self.server.browser(who) as browser:
            answer = await browser.post(path, json=body)
        assert answer.status_code < 500, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() | {"status": answer.status_code}

    @rule(hold=st.booleans())
    def start_again(self, hold: bool) -> None:
        found = self.wait(self.ask(self.student, "/proctoring/start-session", {"exam_id": self.exam_id, "hold": hold}))
        if self.states[-1] in OPEN_STATES:
            assert found["id"] == self.key

    @rule()
    def consent(self) -> None:
        self.wait(self.ask(self.student, f"/exams/{self.exam_id}/consent", CONSENT))
        self.consented = True

    @rule(deed=st.sampled_from(["begin", "late", "too late"]))
    def student_does(self, deed: str) -> None:
        if deed == "begin":
            self.wait(self.ask(self.student, f"/exam-sessions/{self.key}/begin"))
        else:
            self.wait(self._hand_in_late(60 if deed == "too late" else -60))

    async def _hand_in_late(self, seconds: int) -> None:
        """One answer more, made so many seconds after now."""
        message = {**self.next_answer(), "t": int(now().timestamp() * 1000) + 1000 * seconds}
        found = await self.ask(self.student, f"/exam-sessions/{self.key}/late-messages", {"messages": [message]})
        if found["status"] == 200:
            assert found["upto"] >= self.acked
            self.acked = max(self.acked, found["upto"])
            self.after_the_end |= {self.count} if seconds > 0 else set()
        else:
            self.forget_answer()

    def next_answer(self) -> dict[str, Any]:
        self.seq, self.count = self.seq + 1, self.count + 1
        value = f"value {self.count}"
        self.sent[self.seq] = (self.count, value)
        fields = {"question_id": self.question, "value": value, "client_seq": self.count}
        return {"seq": self.seq, "type": "answer", **fields}

    def forget_answer(self) -> None:
        del self.sent[self.seq]
        self.seq -= 1

    @rule(
        deed=st.sampled_from(["admit", "extend", "terminate", "terminate/undo", "flag"]),
        delay=st.sampled_from([0, 0, 60]),
    )
    def staff_does(self, deed: str, delay: int) -> None:
        bodies: dict[str, Any] = {
            "extend": {"minutes": 5},
            "flag": {"reason": "b"},
            "terminate": {"reason": "c", "delay_seconds": delay},
        }
        if deed == "terminate" and delay == 0 and len(self.states) < 6:
            return  # or most runs would end before they began
        found = self.wait(self.ask(self.teacher, f"/exam-sessions/{self.key}/{deed}", bodies.get(deed)))
        self.extended += deed == "extend" and found["status"] == 200

    @rule()
    def stay_away(self) -> None:
        """For two minutes, as far as the server can tell."""
        if self.states[-1] == "active":
            if self.line is None:
                self.wait(self._connect())
            self.drop()
            gone = (Outage.exam_session_id == self.key, Outage.ended_at.is_(None))
            self.wait(self._older(Outage.started_at, gone[0] & gone[1], AWAY))

    async def _older(self, moment: Any, which: Any, by: timedelta) -> None:
        """As soon as there is such a row."""
        async with asyncio.timeout(20):
            while True:
                async with unit_of_work(self.sessions) as db:
                    if await db.scalar(
                        update(moment.class_).where(which).values({moment: moment - by}).returning(moment)
                    ):
                        return
                await asyncio.sleep(0.02)

    @rule(minute=st.booleans())
    def hold_on(self, minute: bool) -> None:
        """Pause; one pause in two goes on, and the other lasts a minute and is over."""
        if self.line is None:
            self.wait(self._connect())
        path = f"/exam-sessions/{self.key}"
        self.wait(self.ask(self.teacher, f"{path}/pause", {"reason": "a"}))
        if minute and self.wait(self._state()) == "paused":
            self.wait(self._older(ExamSession.paused_at, ExamSession.id == self.key, PAUSED))
            self.wait(self.ask(self.teacher, f"{path}/resume"))

    @rule()
    def go_on(self) -> None:
        self.wait(self.ask(self.teacher, f"/exam-sessions/{self.key}/resume"))

    @rule()
    def end(self) -> None:
        if len(self.states) > 8:
            self.wait(self.ask(self.student, f"/proctoring/end-session/{self.key}"))

    @rule()
    def connect(self) -> None:
        self.wait(self._connect())

    async def _connect(self) -> None:
        line = await self.server.dial(f"ws/{self.key}", self.server.token(self.student))
        with contextlib.suppress(ConnectionClosed):
            hello = await line.until("hello")
            assert hello["resume_from"] == await self._last_seq() + 1
            self.seq = hello["resume_from"] - 1
            self.line = line

    @rule(repeat=st.booleans())
    def answer(self, repeat: bool) -> None:
        if self.line is None:
            self.wait(self._connect())
        if self.line is not None:
            self.wait(self._answer(self.line, repeat=repeat))

    async def _answer(self, line: Line, *, repeat: bool) -> None:
        message = {**self.next_answer(), "t": int(now().timestamp() * 1000)}
        try:
            for _ in range(1 + repeat):
                await line.send(message)
            await line.acknowledged(self.seq)
            self.acked = self.seq
        except ConnectionClosed:
            self.line = None

    @rule()
    def drop(self) -> None:
        if self.line is not None:
            self.line.connection.transport.abort()
            self.line = None

    @rule()
    def sweep(self) -> None:
        self.wait(self.server.live.sweep_once())

    async def _state(self) -> str:
        async with self.sessions() as db:
            return (await db.get_one(ExamSession, self.key)).state

    async def _last_seq(self) -> int:
        async with self.sessions() as db:
            return (await db.get_one(ExamSession, self.key)).last_seq

    @invariant()
    def holds(self) -> None:
        self.wait(self._holds())

    async def _holds(self) -> None:
        async with self.sessions() as db:
            row = await db.get_one(ExamSession, self.key)
            messages = list(
                await db.scalars(
                    select(ClientMessage).where(ClientMessage.exam_session_id == self.key).order_by(ClientMessage.seq)
                )
            )
            answer = await db.scalar(select(Answer).where(Answer.exam_session_id == self.key))
            mine = (ExamSession.exam_id == self.exam_id, ExamSession.student_id == self.student.id)
            assert (await db.scalar(select(func.count()).where(*mine, ExamSession.state.in_(OPEN))) or 0) <= 1
        assert row.state in reachable(self.states[-1]), f"{self.states[-1]} became {row.state}"
        self.states.append(row.state)
        self.reached.update([row.state, *(["answered"] if answer else []), *(["late"] if _late(messages) else [])])
        assert (row.end_time is not None) == (row.state not in OPEN_STATES)
        assert (row.paused_at is not None) == (row.state == "paused")
        assert row.state not in ("active", "paused") or row.begun_at is not None
        if row.begun_at is not None:
            assert row.admitted_at is not None or not self.waiting_room, "begun without admission"
            assert self.consented or not self.held, "begun without consent"
        if row.begun_at is not None and row.state in OPEN_STATES:
            self._count_time(row)
        assert [one.seq for one in messages] == list(range(1, len(messages) + 1))
        assert len(messages) >= self.acked, "acknowledged and not stored"
        assert len(messages) == row.last_seq
        used = [one for one in messages if one.refused is None]
        best = max((one.payload["client_seq"] for one in used), default=None)
        assert (answer.client_seq if answer else None) == best
        if answer is not None:
            assert answer.value == f"value {best}"
            assert answer.client_seq not in self.after_the_end, "answered after the end"

    def _count_time(self, row: ExamSession) -> None:
        """The end is where it was, and later by what was granted, paused and given back: each once."""
        credited, paused = timedelta(seconds=row.credited_seconds), timedelta()
        for since, until in row.pauses:
            paused += datetime.fromisoformat(until) - datetime.fromisoformat(since)
        without = row.ends_at - credited - paused - self.extended * EXTRA
        self.first_end = self.first_end or without
        assert abs(without - self.first_end) < NEARLY, f"{without - self.first_end} from nowhere"
        assert credited <= timedelta(minutes=CREDIT_MINUTES) + NEARLY, "more given back than there is"
        self.reached.update([*(["credited"] if credited else []), *(["paused long"] if paused > PAUSED else [])])

    def teardown(self) -> None:
        if getattr(self, "line", None) is not None:
            self.drop()


def _late(messages: Sequence[ClientMessage]) -> bool:
    return any(one.late for one in messages)


async def test_no_order_of_deeds_breaks_a_sitting(server: LiveServer, sessions: Sessions, teacher: User) -> None:
    SittingMachine.server, SittingMachine.sessions = server, sessions
    SittingMachine.teacher, SittingMachine.loop = teacher, asyncio.get_running_loop()
    few = settings(
        max_examples=EXAMPLES,
        stateful_step_count=22,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # sockets and sweeps have times of their own: what is made smaller may not fail again
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, SittingMachine, settings=few)
    rare = {"credited", "paused long", "late"} if EXAMPLES >= 40 else set()
    assert set(SittingMachine.reached) >= {"created", "active", "answered", *rare}
    assert {"paused", "submitted", "terminated"} & set(SittingMachine.reached)
