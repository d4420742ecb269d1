"""One sitting as its teachers' page shows it, from what is live or from the database alone: both say the same."""

from collections.abc import Callable

from app.core.clock import monotonic
from app.db.models import ExamSession
from app.domain.exam_sessions import OPEN, SessionState
from app.domain.trust import TrustBand, band_of
from app.domain.violations import NeutralState
from app.schemas.realtime import LiveHead, SessionUpdated, StudentOut, exam_topic
from app.services.desk import Desk
from app.services.sitting import Sitting

GLANCE_SECONDS = 2.0
"""How often the exam's teachers hear of coverage and states."""


class Tile:
    """Tells the teachers what is not worth a transaction: states, coverage, presence, the desk."""

    def __init__(self, sitting: Sitting, desk: Desk, publish: Callable[[str, object], None]) -> None:
        self._sitting = sitting
        self._desk = desk
        self._publish = publish
        self._shown: LiveHead | None = None
        self._shown_at = 0.0

    def head(
        self, *, online: bool, trust: float, band: TrustBand, coverage: float | None, states: tuple[NeutralState, ...]
    ) -> LiveHead:
        """Of a sitting that is in memory."""
        sitting = self._sitting
        return LiveHead(
            id=sitting.id,
            student=sitting.student,
            state=sitting.state,
            online=online,
            trust=round(trust, 2),
            scored=sitting.scored,
            band=band,
            coverage=None if coverage is None else round(coverage, 4),
            states=states if sitting.state == SessionState.ACTIVE else (),
            started_at=sitting.began,
            ends_at=sitting.ends_at,
            ended_at=sitting.ended_at,
            **self._desk.shown(),
        )

    def glance(self, view: Callable[[], LiveHead], *, force: bool = False) -> None:
        """Show what has changed, seldom unless forced.

        Of one that has ended the database knows better: it is announced when that is settled.
        """
        if self._sitting.state not in OPEN:
            return
        if not force and monotonic() - self._shown_at < GLANCE_SECONDS:
            return
        head, self._shown_at = view(), monotonic()
        if head != self._shown:
            self._shown = head
            self._publish(exam_topic(self._sitting.exam_id), SessionUpdated(session=head))


def stored_head(row: ExamSession, desk: Desk) -> LiveHead:
    """Of a sitting whose student is not connected here; exam and student are loaded."""
    state = SessionState(row.state)
    return LiveHead(
        id=row.id,
        student=StudentOut.model_validate(row.student, from_attributes=True),
        state=state,
        online=False,
        trust=round(row.trust, 2),
        scored=not row.exam.minors,
        band=band_of(row.trust, warning=100 * row.exam.warning_threshold, critical=100 * row.exam.critical_threshold),
        coverage=None if row.coverage is None else round(row.coverage, 4),
        states=(NeutralState.LINK_LOST,) if state == SessionState.ACTIVE else (),
        started_at=row.start_time,
        ends_at=row.ends_at,
        ended_at=row.end_time,
        **desk.shown(),
    )
