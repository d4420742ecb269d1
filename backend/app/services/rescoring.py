"""A whole exam under other weights and thresholds: first to look at, then for good; what was measured stays."""

import json
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Invalid
from app.db.models import Exam, ExamSession, User
from app.domain.trust import band_of, trust_score
from app.schemas.exam_sessions import StudentRead
from app.schemas.reviews import RescoreRequest, RescoreRow
from app.services.access import access_exam_as_staff
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.custody_items import score_now
from app.services.exam_sessions import tell
from app.services.exam_sittings import sittings_with_violations
from app.services.standing import rescore
from app.services.violations import episode_of, exam_weights


async def preview_rescore(db: AsyncSession, who: User, exam_id: int, wanted: RescoreRequest) -> list[RescoreRow]:
    """What would come of it; nothing is changed. Invalid `exam_thresholds_invalid`."""
    exam = await access_exam_as_staff(db, who, exam_id)
    _check_scored(exam)
    thresholds = _thresholds(exam, wanted)
    weights = exam_weights(_stored(wanted))
    return [
        _row(exam, taken, taken.trust, trust_score([episode_of(row) for row in rows], weights), thresholds)
        async for taken, rows in sittings_with_violations(db, exam)
    ]


async def save_rescore(db: AsyncSession, who: User, exam_id: int, wanted: RescoreRequest) -> list[RescoreRow]:
    """Give the exam these weights and thresholds and score all of its sittings again, those that go on too."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    _check_scored(exam)
    old = (exam.warning_threshold, exam.critical_threshold)
    thresholds = _thresholds(exam, wanted)
    before = _named(exam.weights, old)
    exam.weights = _stored(wanted)
    exam.warning_threshold, exam.critical_threshold = thresholds
    changed = await rescore_exam(db, exam, old=old)
    note(
        db, who, "exam.rescore", f"exam:{exam.id}",
        before=before, after=_named(exam.weights, thresholds), exam_sessions=len(changed),
    )  # fmt: skip
    return changed


async def rescore_exam(db: AsyncSession, exam: Exam, *, old: tuple[float, float]) -> list[RescoreRow]:
    """Score all sittings again by what the exam now says; `old` are the thresholds of before. Holds every row."""
    await db.flush()
    now = (exam.warning_threshold, exam.critical_threshold)
    changed = []
    async for taken, rows in sittings_with_violations(db, exam, lock=True):
        before = taken.trust
        changed.append(_row(exam, taken, before, rescore(db, taken, rows), now, old=old))
        await db.flush()
        await note_down(db, await hold(db, taken.id), *await score_now(db, taken.id))
        tell(db, taken)
    await db.flush()
    return changed


def _check_scored(exam: Exam) -> None:
    """Conflict `minors_not_scored` where children sit."""
    if exam.minors:
        raise Conflict("minors_not_scored")


def _row(
    exam: Exam,
    taken: ExamSession,
    before: float,
    after: float,
    thresholds: tuple[float, float],
    *,
    old: tuple[float, float] | None = None,
) -> RescoreRow:
    warning, critical = (100 * one for one in thresholds)
    old_warning, old_critical = (100 * one for one in old or (exam.warning_threshold, exam.critical_threshold))
    return RescoreRow(
        exam_session_id=taken.id,
        student=StudentRead.model_validate(taken.student),
        before=round(before, 2),
        after=round(after, 2),
        band_before=band_of(before, warning=old_warning, critical=old_critical),
        band_after=band_of(after, warning=warning, critical=critical),
    )


def _stored(wanted: RescoreRequest) -> dict[str, float]:
    return {str(kind): weight for kind, weight in wanted.weights.items()}


def _thresholds(exam: Exam, wanted: RescoreRequest) -> tuple[float, float]:
    warning = exam.warning_threshold if wanted.warning_threshold is None else wanted.warning_threshold
    critical = exam.critical_threshold if wanted.critical_threshold is None else wanted.critical_threshold
    if critical > warning:
        raise Invalid("exam_thresholds_invalid")
    return warning, critical


def _named(weights: Mapping[str, float], thresholds: tuple[float, float]) -> str:
    """For the audit log, whose details are plain values."""
    warning, critical = thresholds
    return json.dumps({"weights": dict(weights), "warning": warning, "critical": critical}, sort_keys=True)
