"""Audit log, retention and the state of the server, for administrators."""

from datetime import datetime

from pydantic import Field

from app.domain.disk import DiskLevel
from app.domain.roles import Role
from app.schemas.base import Id, Input, Int32, Output
from app.schemas.reviews import ReviewerRead


class AuditRead(Output):
    """Who did what to what; `actor` null where nobody was logged in."""

    id: int
    at: datetime
    actor: ReviewerRead | None
    role: Role | None
    action: str
    subject: str
    detail: dict[str, str | int | float | bool | None]


class PiecesRead(Output):
    """How much of what is deleted after a time; `movements`: sittings of which it is kept how the picture moved."""

    pictures: int
    documents: int
    recordings: int
    movements: int
    bytes: int


class DueExam(PiecesRead):
    """What of one exam is due to be deleted."""

    exam_id: int
    title: str
    exam_sessions: int
    due_since: datetime


class RetentionPreview(PiecesRead):
    """What a run would delete now: pictures, documents and recordings, never violations, decisions or the audit log."""

    at: datetime
    evidence_days: int
    evidence_days_unreleased: int
    exams: list[DueExam]


class RetentionRequest(Input):
    """The numbers of the preview one has seen: if they are others by now, nothing is deleted."""

    pictures: Int32 = Field(ge=0)
    documents: Int32 = Field(ge=0)
    recordings: Int32 | None = Field(None, ge=0)
    movements: Int32 | None = Field(None, ge=0)


class RetentionDone(PiecesRead):
    """What was deleted; `left` pieces are still due, a run takes so many at once and no more."""

    left: int


class WorkerRead(Output):
    """One analysis process."""

    alive: bool
    frames: int
    rss: int


class QueuesRead(Output):
    """What waits, and what was turned away since the start."""

    frames_waiting: int
    frames_working: int
    frames_judged: int
    frames_refused: int
    frames_busy: int
    frames_timed_out: int
    worker_restarts: int
    reports_waiting: int


class LoadRead(Output):
    """The machine and this server process; `load` averages over 1, 5 and 15 minutes."""

    cores: int
    load: tuple[float, float, float]
    memory_total: int
    memory_available: int
    server_rss: int
    server_cpu_seconds: float
    live_exam_sessions: int


class DatabaseRead(Output):
    """PostgreSQL, and our connections to it."""

    version: str
    revision: str | None
    newest_revision: str
    bytes: int
    connections_in_use: int
    connections_idle: int


class StorageRead(Output):
    """Pictures and documents by their rows, and the disk they lie on."""

    pictures: int
    documents: int
    bytes: int
    disk_total: int
    disk_free: int
    disk_level: DiskLevel
    """`full`: no new sittings and no new pictures until there is room again."""


class CountsRead(Output):
    """How much there is."""

    users: int
    exams: int
    exam_sessions: int
    open_exam_sessions: int


class ScrubRead(Output):
    """The newest nightly scrub: every stored piece was read again. `missing` and `changed` name pieces."""

    started_at: datetime
    ended_at: datetime
    pieces: int
    bytes: int
    missing: list[str]
    changed: list[str]


class TimeStampsRead(Output):
    """Closed sittings whose manifest the time-stamp authority has not dated yet; `since`: the first of them."""

    waiting: int
    since: datetime | None


class SystemRead(Output):
    """The server now. `failing` names parts that do not work."""

    status: str
    failing: list[str]
    environment: str
    version: str
    python: str
    uptime_seconds: float
    workers: list[WorkerRead]
    queues: QueuesRead
    load: LoadRead
    database: DatabaseRead
    storage: StorageRead
    counts: CountsRead
    scrub: ScrubRead | None
    time_stamps: TimeStampsRead | None
    """None where no authority is asked."""
    demo_accounts: bool


class AuditFilter(Input):
    """What to look for; all that is given must fit."""

    q: str = Field("", max_length=200)
    actor_id: Id | None = None
    action: str = Field("", max_length=64)
    subject: str = Field("", max_length=64)
    since: datetime | None = None
    until: datetime | None = None
