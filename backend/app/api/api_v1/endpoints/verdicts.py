"""Verdicts on violations, and other weights for a whole exam: only for those who run it."""

from fastapi import APIRouter

from app.api.deps import Db, Staff
from app.schemas.base import PathId
from app.schemas.reviews import (
    BulkUndoRequest,
    BulkVerdictRead,
    BulkVerdictRequest,
    RescoreRequest,
    RescoreRow,
    VerdictRead,
    VerdictRequest,
)
from app.services import rescoring, verdicts

router = APIRouter(tags=["review"])


@router.post("/violations/{violation_id}/verdict")
async def give(db: Db, who: Staff, violation_id: PathId, wanted: VerdictRequest) -> VerdictRead:
    """Confirm, dismiss, re-classify or leave unsure; the trust follows at once."""
    return await verdicts.give_verdict(db, who, violation_id, wanted)


@router.post("/violations/{violation_id}/verdict/undo")
async def undo(db: Db, who: Staff, violation_id: PathId) -> VerdictRead:
    """Take back the verdict that stands; nothing is deleted, the history shows both."""
    return await verdicts.undo_verdict(db, who, violation_id)


@router.post("/exams/{exam_id}/verdicts")
async def give_several(db: Db, who: Staff, exam_id: PathId, wanted: BulkVerdictRequest) -> BulkVerdictRead:
    """Dismiss several violations of an exam, or leave them unsure; confirming is for one at a time."""
    return await verdicts.give_verdicts(db, who, exam_id, wanted.violation_ids, wanted.verdict, reason=wanted.reason)


@router.post("/exams/{exam_id}/verdicts/undo")
async def undo_several(db: Db, who: Staff, exam_id: PathId, wanted: BulkUndoRequest) -> BulkVerdictRead:
    """Take back the verdicts that stand of several violations."""
    return await verdicts.undo_verdicts(db, who, exam_id, wanted.violation_ids)


@router.post("/exams/{exam_id}/rescore/preview")
async def preview_rescore(db: Db, who: Staff, exam_id: PathId, wanted: RescoreRequest) -> list[RescoreRow]:
    """What other weights and thresholds would make of every exam session; nothing is changed."""
    return await rescoring.preview_rescore(db, who, exam_id, wanted)


@router.post("/exams/{exam_id}/rescore")
async def save_rescore(db: Db, who: Staff, exam_id: PathId, wanted: RescoreRequest) -> list[RescoreRow]:
    """Give the exam these weights and thresholds, and score every exam session again."""
    return await rescoring.save_rescore(db, who, exam_id, wanted)
