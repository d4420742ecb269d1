"""Every message of the two sockets, as PROTOCOL 360proctor.v1 and the teachers' live page speak them."""

import struct
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field

from app.domain.challenges import Direction
from app.domain.exam_sessions import SessionState
from app.domain.reviews import Verdict
from app.domain.roles import Language
from app.domain.sources import Source
from app.domain.trust import TrustBand
from app.domain.violations import NeutralState, Severity, ViolationKind

PROTOCOL = "360proctor.v1"
MAX_SEQ = 2**53 - 1
"""Largest sequence number: what a browser can count exactly."""

FRAME_HEADER = struct.Struct(">B3sQI")
"""Binary header: kind, flags, captured_at in ms since 1970 (unsigned), frame number."""
THUMBNAIL_HEADER = struct.Struct(">BQQ")
"""Binary header to teachers: kind (THUMBNAIL_KINDS), exam session id, captured_at in ms."""
THUMBNAIL_KINDS = {Source.CAMERA: 1, Source.SECOND_CAMERA: 2, Source.SCREEN: 3}
"""First byte of a picture to teachers; a page leaves out kinds that it does not know."""
FRAME_KINDS = {1: Source.CAMERA, 3: Source.SECOND_CAMERA, 4: Source.SCREEN}
"""First byte of a picture from a student; 2 is sound."""


class Close:
    """Close codes beyond RFC 6455's."""

    POLICY = 1008
    TOO_BIG = 1009
    RESTART = 1012
    TRY_LATER = 1013
    BAD_MESSAGE = 4400
    TOKEN = 4401
    NOT_YOURS = 4403
    NONE = 4404
    IDLE = 4408
    REPLACED = 4409
    ENDED = 4410
    RATE = 4429

    @classmethod
    def seed(cls, code: int) -> int:
        """The seed's clients know no 44xx; theirs is 1008, but "try later" means the same to everybody."""
        return code if code == cls.TRY_LATER else cls.POLICY


class Message(BaseModel):
    """Parent of all messages: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @cached_property
    def rendered(self) -> str:
        """As it goes over the line: made once, however many live pages hear it."""
        return self.model_dump_json()


# --- student → server ---------------------------------------------------------------------------------------------


class Numbered(BaseModel):
    """What every numbered message carries; the rest is kept as it came."""

    model_config = ConfigDict(extra="allow", strict=True)

    seq: int = Field(ge=1, le=MAX_SEQ)
    type: str = Field(min_length=1, max_length=32)
    t: float | int | None = None
    """The client's clock, ms since 1970: a claim, kept for display only."""


class BrowserEvent(BaseModel):
    """`event`: something the browser noticed. `kind` may also come as `event`, `event.type` or inside `data`.

    `phase` begin and end bracket what lasts (a hidden tab); without it the event happened once. `composing` (an input
    method is at work) and `assistive` (a screen reader or the like) mark what must never count.
    """

    model_config = ConfigDict(extra="ignore")

    phase: Literal["begin", "end"] | None = None
    composing: bool = False
    assistive: bool = False

    kind: ViolationKind = Field(
        validation_alias=AliasChoices(
            "kind",
            AliasPath("event", "type"),
            "event",
            AliasPath("data", "kind"),
            AliasPath("data", "type"),
            AliasPath("data", "event"),
        )
    )


@dataclass(frozen=True, slots=True)
class BinaryMessage:
    """A binary message taken apart. `kind` 1 frame, 2 audio, 3 second camera, 4 screen."""

    kind: int
    captured_at: int
    number: int
    body: bytes

    @classmethod
    def parse(cls, message: bytes) -> "BinaryMessage | None":
        """None where the message is shorter than its header."""
        if len(message) < FRAME_HEADER.size:
            return None
        kind, _flags, captured_at, number = FRAME_HEADER.unpack_from(message)
        return cls(kind, captured_at, number, message[FRAME_HEADER.size :])


# --- server → student ---------------------------------------------------------------------------------------------


class Limits(Message):
    """What the server asks of the client's camera."""

    max_fps: float
    max_bytes: int
    width: int = 640
    height: int = 480
    quality: float = 0.6


class Hello(Message):
    """First word of the server. `resume_from` is the first seq the server does not have.

    Until the sitting has `begun` its clock does not run; `admitted` tells whether staff let the student in.
    """

    type: Literal["hello"] = "hello"
    protocol: str = PROTOCOL
    session_id: int
    resume_from: int
    server_time: datetime
    ends_at: datetime
    limits: Limits
    language: Language
    state: SessionState
    begun: bool
    paused: bool
    admitted: bool


class Ack(Message):
    """Everything up to `upto` is committed."""

    type: Literal["ack"] = "ack"
    upto: int


class Advice(Message):
    """A gentle hint; rate-limited."""

    code: NeutralState
    text: str


class FrameDone(Message):
    """Frame `number` of `source` has been judged (report) or could not be (report null, `states` say why).

    Each source counts its own frames. `coverage` and `advice` are the main camera's alone.
    """

    type: Literal["frame.done"] = "frame.done"
    number: int
    source: Source = Source.CAMERA
    report: dict[str, Any] | None
    coverage: float | None
    states: tuple[NeutralState, ...] = ()
    advice: Advice | None = None


class TrustTold(Message):
    """The score, where the exam shows it to students. 0..100."""

    type: Literal["trust"] = "trust"
    score: float
    band: TrustBand


class Slow(Message):
    """Please send fewer frames."""

    type: Literal["slow"] = "slow"
    max_fps: float


class StateChanged(Message):
    """The exam session was paused, resumed, extended or ended."""

    type: Literal["paused", "resumed", "extended", "terminated", "submitted", "expired"]
    reason: str = ""
    ends_at: datetime


class ChallengeAsked(Message):
    """Turn your head that way within so many seconds; `text` says it in the student's language."""

    type: Literal["challenge"] = "challenge"
    nonce: str
    direction: Direction
    seconds: int
    text: str


class ChallengeDone(Message):
    """What came of a challenge, to the student and the exam's teachers; `passed` is null where it could not be judged.

    `turned` is the largest turn seen in that direction, `needed` what would have answered, in degrees.
    """

    type: Literal["challenge.done"] = "challenge.done"
    session_id: int
    nonce: str
    passed: bool | None
    turned: float
    needed: float


class Problem(Message):
    """Something was refused; `code` is stable, texts are found by it."""

    type: Literal["error"] = "error"
    code: str
    params: dict[str, str | int | float] = Field(default_factory=dict)


# --- to the exam's teachers, and the student's own violations --------------------------------------------------------


class EvidenceOut(Message):
    """One picture kept for a violation; `url` needs the Authorization header."""

    id: int
    role: str
    captured_at: datetime
    sha256: str
    url: str


class ViolationOut(Message):
    """A violation with what explains it. `without_this`: what the trust score (0..100) would be without it.

    `source` saw it; what the browser reports and what is heard counts as the main camera's. `kind` is the detector's,
    `reviewed_kind` what a person found it to be instead; what was dismissed no longer `counts`.
    """

    id: int
    exam_session_id: int
    kind: ViolationKind
    source: Source = Source.CAMERA
    severity: Severity
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    count: int
    confidence: float
    measured: dict[str, float]
    threshold: dict[str, float]
    without_this: float | None = None
    verdict: Verdict | None = None
    reviewed_kind: ViolationKind | None = None
    counts: bool = True
    evidence: tuple[EvidenceOut, ...] = ()


class StudentOut(Message):
    """Who sits. Names may look alike or be the same; the address tells people apart."""

    id: int
    full_name: str
    email: str


class LiveHead(Message):
    """One exam session as the live page's tile shows it.

    `question` is the position of the one looked at, `answered` of `total` are answered, `unread` counts the student's
    messages. `kbps`, `sound_level` (0..1) and `speech` (somebody speaks) are known only while the student is connected.
    """

    id: int
    student: StudentOut
    state: SessionState
    online: bool
    trust: float
    scored: bool
    """False where children sit: then `trust` and `band` say nothing."""
    band: TrustBand
    coverage: float | None
    states: tuple[NeutralState, ...]
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    begun: bool
    admitted: bool
    flagged: bool
    question: int | None
    answered: int
    total: int
    hand: bool
    outage_seconds: float
    kbps: float | None
    sound_level: float | None
    speech: bool | None
    ending_at: datetime | None
    group: str
    unread: int
    attempt: int


class LiveSession(LiveHead):
    """One exam session in a snapshot, with its violations, oldest first."""

    violations: tuple[ViolationOut, ...] = ()


class ExamOut(Message):
    """Head of the live page."""

    id: int
    title: str
    start_time: datetime
    end_time: datetime


class Snapshot(Message):
    """Everything about an exam's sittings; the events that follow build on it."""

    type: Literal["snapshot"] = "snapshot"
    exam: ExamOut
    server_time: datetime
    sessions: tuple[LiveSession, ...]


class SessionUpdated(Message):
    """A sitting changed, or is new."""

    type: Literal["session.updated"] = "session.updated"
    session: LiveHead


class ViolationChanged(Message):
    """A violation was opened (or reopened), updated or closed.

    `without`: violation id → the score without it, for every violation of the exam session, because one change moves
    them all.
    """

    type: Literal["violation.opened", "violation.updated", "violation.closed"]
    session_id: int
    violation: ViolationOut
    trust: float
    band: TrustBand
    without: dict[int, float]


class Ping(Message):
    """Keeps middle boxes awake and clocks together."""

    type: Literal["ping"] = "ping"
    server_time: datetime


@dataclass(frozen=True)
class Thumbnail:
    """Latest picture of one student's camera, second camera or screen, small; to teachers as binary, newest wins."""

    session_id: int
    captured_at: int
    jpeg: bytes
    source: Source = Source.CAMERA

    @cached_property
    def packed(self) -> bytes:
        """As it goes over the teachers' socket."""
        return THUMBNAIL_HEADER.pack(THUMBNAIL_KINDS[self.source], self.session_id, self.captured_at) + self.jpeg


def exam_topic(exam_id: int) -> str:
    """Bus topic that the exam's teachers hear."""
    return f"exam:{exam_id}"


def exam_session_topic(exam_session_id: int) -> str:
    """Bus topic that the student's own socket hears."""
    return f"exam_session:{exam_session_id}"
