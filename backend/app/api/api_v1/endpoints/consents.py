"""Rules of an exam, and what students answer to them."""

from collections.abc import Sequence

from fastapi import APIRouter

from app.api.deps import CurrentUser, Db, Staff
from app.db.models import Consent
from app.schemas.base import PathId
from app.schemas.consents import ConsentRead, ConsentWrite
from app.services import consents

router = APIRouter(prefix="/exams", tags=["consent"])


@router.get("/{exam_id}/consent", response_model=ConsentRead)
async def read(db: Db, who: CurrentUser, exam_id: PathId) -> Consent:
    """One's own newest answer; 404 where there is none."""
    return await consents.own_consent(db, who, exam_id)


@router.post("/{exam_id}/consent", response_model=ConsentRead)
async def give(db: Db, who: CurrentUser, exam_id: PathId, wanted: ConsentWrite) -> Consent:
    """Answer the rules; an objection goes to the exam's staff, who then let the student in or not."""
    return await consents.give_consent(db, who, exam_id, wanted)


@router.get("/{exam_id}/consents", response_model=list[ConsentRead])
async def read_all(db: Db, who: Staff, exam_id: PathId) -> Sequence[Consent]:
    """The newest answer of each student; those who object come first."""
    return await consents.consents_of(db, who, exam_id)
