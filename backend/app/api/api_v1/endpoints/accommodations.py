"""Accommodations of an exam: only for those who run it."""

from collections.abc import Sequence

from fastapi import APIRouter

from app.api.deps import Db, Staff
from app.db.models import Accommodation
from app.schemas.accommodations import AccommodationRead, AccommodationWrite
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.services import accommodations

router = APIRouter(prefix="/exams/{exam_id}/accommodations", tags=["accommodations"])


@router.get("", response_model=list[AccommodationRead])
async def read_all(db: Db, who: Staff, exam_id: PathId) -> Sequence[Accommodation]:
    """Every student of this exam for whom something is different."""
    return await accommodations.list_accommodations(db, who, exam_id)


@router.put("/{student_id}", response_model=AccommodationRead)
async def write(db: Db, who: Staff, exam_id: PathId, student_id: PathId, wanted: AccommodationWrite) -> Accommodation:
    """Make or replace a student's."""
    return await accommodations.set_accommodation(db, who, exam_id, student_id, wanted)


@router.delete("/{student_id}")
async def remove(db: Db, who: Staff, exam_id: PathId, student_id: PathId) -> Done:
    """Treat the student like everybody else again."""
    await accommodations.remove_accommodation(db, who, exam_id, student_id)
    return Done()
