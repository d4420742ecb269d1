"""A random challenge from the teacher's button to both sockets, with scripted faces: the moment of the turn matters."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.ai.types import Face, FrameReport, FrameRequest, Head
from app.db.models import AuditEntry, ExamSession, User
from app.db.session import unit_of_work
from app.domain.violations import NeutralState, ViolationKind
from tests.fakes import ScriptedEngine
from tests.live import Line, LiveServer
from tests.pictures import jpeg

NOON = 1_764_000_000_000
TURNED = {"left": Head(25.0, 0.0, 0.0), "right": Head(-25.0, 0.0, 0.0), "up": Head(0.0, 20.0, 0.0)}
STRAIGHT = Head(0.0, 0.0, 0.0)


class Actor:
    """Holds the head as told, and remembers which kinds were left out."""

    def __init__(self) -> None:
        self.head = STRAIGHT
        self.states: tuple[NeutralState, ...] = ()
        self.spared: frozenset[ViolationKind] = frozenset()

    def __call__(self, request: FrameRequest) -> FrameReport:
        self.spared = request.disabled
        faces = (Face((200, 100, 160, 200), 0.9),)
        return FrameReport(request.at, 640, 480, faces=faces, head=self.head, states=self.states)


async def begin(server: LiveServer, student: User, teacher: User, taken: ExamSession) -> tuple[Actor, Line, Line]:
    """Actor, the student's line with one frame sent, the teacher's page."""
    actor = Actor()
    server.use(engine=ScriptedEngine(actor))
    page = await server.page(teacher, taken.exam_id)
    line = await server.student(student, taken)
    await show(line, 1)
    return actor, line, page


async def show(line: Line, number: int) -> None:
    """One frame every two seconds of the client's clock."""
    await line.show(number, jpeg(), NOON + number * 2000)
    await line.answer_to(number)


async def press(server: LiveServer, who: User, taken: ExamSession) -> tuple[int, dict[str, Any]]:
    """The teacher's button."""
    async with server.browser(who) as client:
        answer = await client.post(f"/exam-sessions/{taken.id}/challenge")
        return answer.status_code, answer.json()


def pass_time(server: LiveServer, taken: ExamSession, seconds: float) -> None:
    """The server's clock goes on."""
    live = server.live.get(taken.id)
    assert live is not None
    live.sitting.began -= timedelta(seconds=seconds)


async def test_an_answered_challenge_is_told_to_both(
    server: LiveServer, student: User, teacher: User, taken: ExamSession
) -> None:
    actor, line, page = await begin(server, student, teacher, taken)
    status, asked = await press(server, teacher, taken)
    assert status == 200
    heard = await line.until("challenge")
    assert heard == asked
    assert heard["seconds"] == 8
    assert heard["direction"] in TURNED
    assert heard["text"]
    assert (await press(server, teacher, taken))[1]["code"] == "challenge_running"
    await show(line, 2)
    assert ViolationKind.LOOKING_AWAY in actor.spared
    actor.head = TURNED[heard["direction"]]
    await show(line, 3)
    for hearer in (line, page):
        done = await hearer.until("challenge.done")
        assert (done["nonce"], done["passed"], done["session_id"]) == (asked["nonce"], True, taken.id)
    assert await server.violations(taken) == []
    async with unit_of_work(server.app.state.sessions) as db:
        told = select(AuditEntry).where(AuditEntry.detail["nonce"].astext == asked["nonce"])
        rows = (await db.scalars(told.order_by(AuditEntry.id))).all()
        assert [(row.actor_id, row.action) for row in rows] == [
            (teacher.id, "exam_session.challenge"),
            (None, "exam_session.challenge_done"),
        ]


async def test_an_unanswered_challenge_is_a_flag_that_costs_no_trust(
    server: LiveServer, student: User, teacher: User, taken: ExamSession
) -> None:
    _actor, line, page = await begin(server, student, teacher, taken)
    await press(server, teacher, taken)
    await line.until("challenge")
    for number in range(2, 7):
        await show(line, number)
    pass_time(server, taken, 12.0)
    await server.live.sweep_once()
    done = await page.until("challenge.done")
    assert done["passed"] is False
    (noted,) = await server.violations(taken)
    assert (noted.kind, noted.confidence) == (ViolationKind.FACE_SPOOF, 0.3)
    assert noted.measured["turned"] == 0.0
    assert (await server.row(taken)).trust == 100.0


async def test_what_the_camera_could_not_see_is_not_judged(
    server: LiveServer, student: User, teacher: User, taken: ExamSession
) -> None:
    actor, line, page = await begin(server, student, teacher, taken)
    await press(server, teacher, taken)
    await line.until("challenge")
    actor.states = (NeutralState.TOO_DARK,)
    for number in range(2, 7):
        await show(line, number)
    pass_time(server, taken, 12.0)
    await server.live.sweep_once()
    assert (await page.until("challenge.done"))["passed"] is None
    assert await server.violations(taken) == []


async def test_nobody_is_asked_who_is_not_there(server: LiveServer, teacher: User, taken: ExamSession) -> None:
    status, body = await press(server, teacher, taken)
    assert (status, body["code"]) == (409, "student_not_connected")


async def test_a_virtual_camera_is_a_claim_of_low_weight_without_its_name(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    await line.say(1, kind="virtual_camera", label="OBS Virtual Camera of Nadia")
    await line.say(2, kind="virtual_camera", data={"label": "Nadia's iPhone"})
    await line.acknowledged(2)
    (noted,) = await server.violations(taken)
    assert (noted.kind, noted.confidence, noted.count) == (ViolationKind.VIRTUAL_CAMERA, 0.3, 2)
    (_, first), (_, second) = await server.stored(taken)
    assert first == {"kind": "virtual_camera", "label": "obs"}
    assert "Nadia" not in str(second)
    assert "sha256:" in str(second)
