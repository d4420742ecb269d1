"""A sitting in which everything happens that its chain stands for, through the doors everybody else uses."""

from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import select

from app.core.config import Settings
from app.core.events import Bus
from app.db.models import Answer, Exam, ExamSession, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.uploads import Purpose
from app.domain.violations import Observation, ViolationKind
from app.schemas.realtime import Numbered
from app.services.client_messages import understand
from app.services.custody_seal import Notary, seal_due
from app.services.exam_sessions import activate
from app.services.files import keep_file
from app.services.kept_sitting import Services
from app.services.live_exam_sessions import LiveExamSessions
from app.storage import LocalStore
from tests.builders import make_question
from tests.fakes import ScriptedEngine, looks_fine, shows
from tests.pictures import jpeg
from tests.questions import CHOICE

LOOKS_AWAY = Observation(ViolationKind.LOOKING_AWAY, 0.85, {"side": 21.3}, {"side": 14.0})
TOLD = "Please sit where the light is."
CONSENT = {
    "version": "2026-11-27", "shown": "The camera is on.\nA person decides.", "camera": True, "sound": False,
    "screen": False, "identity": False, "objection": "I wear a veil.",
}  # fmt: skip
ESSAY = {"type": "essay", "text": {"en": "Why?", "bn": "কেন?"}, "points": 4, "body": {"max_words": 300}}


@dataclass
class Room:
    """The parts of a test's server."""

    app: FastAPI
    settings: Settings
    sessions: Sessions
    bus: Bus
    student: httpx2.AsyncClient
    teacher: httpx2.AsyncClient

    @property
    def notary(self) -> Notary:
        """What signs."""
        notary: Notary = self.app.state.notary
        return notary

    @property
    def store(self) -> LocalStore:
        """Where pieces lie."""
        store: LocalStore = self.app.state.store
        return store


async def whole_sitting(room: Room, exam: Exam, taken: ExamSession, student: User, *, judged: bool = True) -> None:
    """Everything from consent, messages and pictures to verdicts and marks."""
    async with unit_of_work(room.sessions) as db:
        await activate(db, await db.get_one(ExamSession, taken.id))
        choice, essay = await make_question(db, exam, CHOICE), await make_question(db, exam, ESSAY)
        await keep_file(
            db, student, room.store, Purpose.ANSWER_FILE, name="a.txt", body=b"words", exam_session_id=taken.id
        )
    await room.student.get(f"/api/v1/exam-sessions/{taken.id}/paper")
    await _meet(room, exam, taken)
    await _sit(room, taken, choice.id, essay.id)
    assert await seal_due(room.sessions, room.notary) == 1
    if judged:
        await _judge(room, taken)


async def _meet(room: Room, exam: Exam, taken: ExamSession) -> None:
    """What the student agrees to, and what staff say and do."""
    path = f"/api/v1/exam-sessions/{taken.id}"
    for answer in (
        await room.student.post(f"/api/v1/exams/{exam.id}/consent", json=CONSENT),
        await room.teacher.post(f"{path}/message", json={"text": TOLD}),
        await room.student.get(f"{path}/messages"),
        await room.teacher.post(f"{path}/pause", json={"reason": "Fire drill"}),
        await room.teacher.post(f"/api/v1/exams/{exam.id}/message", json={"text": "Everybody stays seated."}),
        await room.teacher.post(f"{path}/resume"),
        await room.teacher.post(f"{path}/extend", json={"minutes": 5}),
        await room.teacher.post(f"{path}/flag", json={"reason": "Left the room."}),
    ):
        assert answer.status_code == 200, (answer.url, answer.text)


async def _sit(room: Room, taken: ExamSession, choice: int, essay: int) -> None:
    engine = ScriptedEngine(shows(LOOKS_AWAY))
    lives = LiveExamSessions(Services(room.sessions, engine, room.store, room.bus.publish), room.bus)
    room.app.state.live = lives
    live = await lives.enter(taken.id)
    live.connected()
    for at in range(0, 8000, 500):
        await live.judge(jpeg(), at)
    engine.script = looks_fine
    await live.judge(jpeg(), 9000)
    said: list[dict[str, Any]] = [
        {"type": "event", "kind": "tab_switch", "t": 1_700_000_000_123.5},
        {"type": "answer", "question_id": choice, "value": "b", "client_seq": 1},
        {"type": "answer", "question_id": essay, "value": "Because আকাশ 1e300", "client_seq": 2},
        {"type": "answer", "question_id": 999_999, "value": "x", "client_seq": 3},
        {"type": "status", "odd": [1e300, -0.0, 1e-7, 123456789012345678901234567890, 0.1, None, True]},
        {"type": "chat", "text": "May I open the window?"},
    ]
    messages = [understand(Numbered.model_validate({"seq": seq, **one})) for seq, one in enumerate(said, start=1)]
    await live.hear(messages[:4])
    await live.hear(messages[4:])
    path = f"/api/v1/exam-sessions/{taken.id}/documents?kind=room"
    await room.student.post(path, content=jpeg(), headers={"Content-Type": "image/jpeg"})
    assert (await room.student.post(f"/api/v1/proctoring/end-session/{taken.id}")).status_code == 200
    await lives.leave(live)


async def _judge(room: Room, taken: ExamSession) -> None:
    async with room.sessions() as db:
        violations = list(await db.scalars(select(Violation.id).where(Violation.exam_session_id == taken.id)))
        answers = list(await db.scalars(select(Answer.id).where(Answer.exam_session_id == taken.id)))
    path = f"/api/v1/exam-sessions/{taken.id}"
    for answer in (
        await room.teacher.post(f"/api/v1/violations/{violations[0]}/verdict", json={"verdict": "dismissed"}),
        await room.student.post(f"/api/v1/violations/{violations[0]}/comments", json={"text": "A bird."}),
        await room.teacher.post(f"{path}/notes", json={"text": "There was a bird."}),
        await room.teacher.post(f"{path}/decision", json={"decision": "clean", "text": "All well.", "note": "Bird"}),
        await room.teacher.put(f"/api/v1/answers/{answers[0]}/mark", json={"points": 1.5, "comment": "Good"}),
    ):
        assert answer.status_code == 200, answer.text
    await seal_due(room.sessions, room.notary)
