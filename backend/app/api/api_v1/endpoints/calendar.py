"""The calendar of those who run exams."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import Db, Staff
from app.schemas.base import Moment
from app.schemas.calendar import CalendarExam
from app.services.calendar import calendar

router = APIRouter(prefix="/exams", tags=["exams"])


@router.get("/calendar")
async def read_calendar(
    db: Db, who: Staff, since: Annotated[Moment, Query()], until: Annotated[Moment, Query()]
) -> list[CalendarExam]:
    """Exams whose window touches the period, each with the exams its students are to sit at the same time."""
    return await calendar(db, who, since=since, until=until)
