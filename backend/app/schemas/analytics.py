"""Analytics as they go out. Trust is 0..1 here, as in all shapes of the seed family."""

from datetime import date, datetime
from enum import StrEnum

from app.domain.exams import ExamStatus
from app.domain.presets import Preset
from app.domain.violations import NeutralState, Severity, ViolationKind
from app.schemas.base import Output


class Interval(StrEnum):
    """How long one step of a trend is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Report(StrEnum):
    """What can be exported, each by its name."""

    OVERVIEW = "overview"
    TRENDS = "trends"
    TYPES = "types"
    TRUST = "trust"
    COVERAGE = "coverage"
    EXAMS = "exams"
    STUDENTS = "students"
    HOURLY = "hourly"
    DISMISSALS = "dismissals"
    REVIEWERS = "reviewers"
    CONNECTIONS = "connections"


class ExportFormat(StrEnum):
    """As what."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class AnalyticsOverview(Output):
    """`total_…` count everything in the scope, `recent_…` and the averages what lies in the period."""

    total_exams: int
    total_students: int
    """Students on the lists of these exams, or who sat them."""
    total_sessions: int
    total_violations: int
    """That stand: without those a person dismissed."""
    total_dismissed: int
    recent_exams: int
    """Whose window began in the period."""
    recent_sessions: int
    recent_violations: int
    average_trust_score: float | None
    """Of sittings that are over."""
    average_coverage: float | None
    active_users: int
    """Students who sat an exam in the period."""
    analysis_period_days: int


class TrendStep(Output):
    """One step of time; `date` is its first day in the asked time zone."""

    date: date
    total: int
    dismissed: int
    """Beside `total`."""
    by_severity: dict[Severity, int]
    by_type: dict[ViolationKind, int]
    sessions: int
    """Sittings that began."""


class ViolationTrends(Output):
    """Every step of the period, also those without anything."""

    interval: Interval
    timezone: str
    trends: list[TrendStep]


class TypeCount(Output):
    """Violations of one kind that stand; a kind that a reviewer found counts, not the detector's."""

    type: ViolationKind
    count: int
    percentage: float
    sessions: int
    seconds: float
    average_confidence: float
    dismissed: int
    """Beside `count`."""


class Bin(Output):
    """Sittings whose value lies from `low` up to `high`; the last bin includes its upper end."""

    range: str
    low: float
    high: float
    count: int
    percentage: float


class Distribution(Output):
    """Of sittings that are over."""

    distribution: list[Bin]
    total_sessions: int
    unknown: int
    """Sittings that have no such value."""
    average: float | None
    median: float | None


class ExamPerformance(Output):
    """One exam."""

    exam_id: int
    title: str
    course: str
    status: ExamStatus
    start_time: datetime
    total_sessions: int
    students: int
    completed_sessions: int
    completion_rate: float | None
    average_trust_score: float | None
    average_coverage: float | None
    total_violations: int
    dismissed: int
    violations_per_session: float | None
    average_score: float | None
    """Percent, of sittings that are over and wholly marked; computed where the scope holds at most 20 exams."""
    pass_rate: float | None
    """0..1; None where the exam asks for no score."""


class StudentPerformance(Output):
    """One student. What is different for a student is not shown here, and nothing here is a verdict."""

    student_id: int
    full_name: str
    email: str
    total_sessions: int
    completed_sessions: int
    average_trust_score: float | None
    lowest_trust_score: float | None
    average_coverage: float | None
    total_violations: int
    dismissed: int
    average_score: float | None
    """Percent, as in `ExamPerformance`."""


class HourCount(Output):
    """An hour of the day, in the asked time zone."""

    hour: int
    sessions: int
    violations: int
    by_type: dict[ViolationKind, int]


class HourlyActivity(Output):
    """All 24 hours."""

    timezone: str
    hours: list[HourCount]


class Dismissals(Output):
    """What people said of one detector's violations under one preset."""

    kind: ViolationKind
    preset: Preset
    noted: int
    confirmed: int
    dismissed: int
    unsure: int
    reclassified: int
    """Confirmed or unsure, but as another kind."""
    false_alarm_rate: float | None
    """Dismissed of those that were confirmed or dismissed."""
    low: float | None
    """95 % interval of the rate."""
    high: float | None


class ReviewerLoad(Output):
    """What one person has reviewed."""

    reviewer_id: int
    full_name: str
    """Empty where the account is gone."""
    verdicts: int
    decisions: int
    sessions: int
    minutes: float
    """Time between one act and the next, pauses of more than five minutes left out."""
    median_seconds: float | None
    """Between one act and the next."""
    last_at: datetime


class Reviewers(Output):
    """Who reviewed how much, and what is left."""

    reviewers: list[ReviewerLoad]
    undecided_sessions: int
    """Sittings that are over, have violations that stand, and no decision."""
    unreviewed_violations: int


class ExamConnections(Output):
    """The lines of one exam's students."""

    exam_id: int
    title: str
    sessions: int
    sessions_with_outages: int
    outages: int
    link_seconds: float
    server_seconds: float
    longest_seconds: float
    credited_seconds: float
    average_coverage: float | None


class Connections(Output):
    """How well students were connected and could be seen."""

    exams: list[ExamConnections]
    unseen_seconds: dict[NeutralState, float]
    """Why we could not see, of all sittings of the scope."""
    server_pauses: int
    """How often the server itself was away or stood still."""
    server_pause_seconds: float
