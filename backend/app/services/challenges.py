"""Random challenges: asked by an exam's staff, judged from the frames that follow, told to student and teachers."""

import secrets

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.ai.types import FrameReport, Memory
from app.core.errors import Conflict, Forbidden
from app.core.i18n import text
from app.db.models import User
from app.db.session import Sessions, announce, forgiving, unit_of_work
from app.domain.challenges import SECONDS, Challenge, Direction, Outcome
from app.domain.exam_sessions import SessionState
from app.domain.roles import Language, Role
from app.domain.violations import Observation, ViolationKind
from app.schemas.realtime import ChallengeAsked, ChallengeDone, exam_session_topic, exam_topic
from app.services.access import access_exam_session
from app.services.deeds import note_deed
from app.services.sitting import Sitting

log = structlog.get_logger(__name__)

CONFIDENCE = 0.3
"""Of "not answered": the student may not have understood. A flag for the review, that costs no trust by itself."""
SPARED = frozenset({ViolationKind.LOOKING_AWAY})
"""What nobody is blamed for while doing as asked."""
WAY_BACK = 3.0
"""Seconds after the end in which the head may still be on its way back."""


async def ask(db: AsyncSession, who: User, exam_session_id: int, *, running: "Challenges | None") -> ChallengeAsked:
    """Ask the student of a live exam session to turn the head; the direction is the server's choice.

    `running` is None where the student is not connected. Raises Conflict where nobody would see the answer.
    """
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    if who.role == Role.STUDENT:
        raise Forbidden("staff_only")
    if running is None:
        raise Conflict("student_not_connected")
    if taken.state != SessionState.ACTIVE:
        raise Conflict("state_does_not_allow", state=taken.state, to="challenge")
    if running.busy:
        raise Conflict("challenge_running")
    if running.switched_off:
        raise Conflict("challenge_switched_off")
    direction = secrets.choice(list(Direction))
    words = text("challenges", direction, Language(taken.student.preferred_language))
    asked = ChallengeAsked(nonce=secrets.token_urlsafe(9), direction=direction, seconds=SECONDS, text=words)
    await note_deed(db, who, "challenge", taken.id, nonce=asked.nonce, direction=direction)
    announce(db, exam_session_topic(taken.id), asked)
    return asked


class Challenges:
    """At most one running challenge of a live exam session; in memory only, what came of it is in the audit log."""

    def __init__(self, sitting: Sitting, sessions: Sessions) -> None:
        self._sitting = sitting
        self._sessions = sessions
        self._running: Challenge | None = None
        self._head: tuple[float, float] | None = None
        self._spared_until = 0.0

    @property
    def busy(self) -> bool:
        """Whether one is running."""
        return self._running is not None

    @property
    def switched_off(self) -> bool:
        """Whether this exam, or what is different for this student, leaves challenges out."""
        return ViolationKind.FACE_SPOOF in self._sitting.disabled

    def begin(self, asked: ChallengeAsked, *, at: float, memory: Memory) -> None:
        """The question is on its way to the student. A second one meanwhile replaces the first."""
        rest = memory.get("attention", {})
        yaw, pitch = rest.get("yaw"), rest.get("pitch")
        known = (float(yaw), float(pitch)) if isinstance(yaw, float | int) and isinstance(pitch, float | int) else None
        self._running = Challenge(asked.nonce, asked.direction, at, known)
        self._running.hold_against(self._head)
        self._spared_until = self._running.until + WAY_BACK

    def passed_on(self, asked: ChallengeAsked) -> None:
        """A connection that knows challenges has sent it to the student."""
        if self._running is not None and self._running.nonce == asked.nonce:
            self._running.told = True

    def spared(self, at: float) -> frozenset[ViolationKind]:
        """Kinds that are not looked for now."""
        return SPARED if at < self._spared_until else frozenset()

    def follow(self, report: FrameReport | None, *, at: float, leaving: bool = False) -> Challenge | None:
        """Look at a frame, or only at the server's clock; the challenge, once, when it has come to an end."""
        if report is not None:
            self._look(report)
        one = self._running
        if one is None or not (one.passed or leaving or at >= one.until):
            return None
        self._running = None
        self._spared_until = at + WAY_BACK
        return one

    async def tell(self, one: Challenge, outcome: Outcome) -> None:
        """Write it down and tell student and teachers after the commit; while the database is away, only the log."""
        with forgiving("challenge.untold", exam_session_id=self._sitting.id):
            await self._tell(one, outcome)

    async def _tell(self, one: Challenge, outcome: Outcome) -> None:
        key = self._sitting.id
        async with unit_of_work(self._sessions) as db:
            turned = round(one.best, 1)
            await note_deed(db, None, "challenge_done", key, nonce=one.nonce, outcome=outcome)
            passed = None if outcome == Outcome.NOT_JUDGED else outcome == Outcome.PASSED
            done = ChallengeDone(session_id=key, nonce=one.nonce, passed=passed, turned=turned, needed=one.limit)
            announce(db, exam_session_topic(key), done)
            announce(db, exam_topic(self._sitting.exam_id), done)

    def _look(self, report: FrameReport) -> None:
        """A head that cannot be measured (a profile) is neither an answer nor none."""
        if report.states or (report.faces and report.head is None):
            return
        self._head = (report.head.yaw, report.head.pitch) if report.head else None
        if self._running is not None:
            self._running.see(report.at, self._head)


def unanswered(one: Challenge) -> Observation:
    """What is noted of a challenge that was seen and not answered."""
    measured = {"turned": round(one.best, 1), "seconds": float(SECONDS), "frames": float(one.frames)}
    return Observation(ViolationKind.FACE_SPOOF, CONFIDENCE, measured, {"turned": one.limit})
