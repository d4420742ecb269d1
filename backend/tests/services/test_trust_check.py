"""`proctor db check` finds a score that somebody has changed by hand, and no other."""

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import trust_check
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.db.trust_check import unexplained_scores
from app.domain.reviews import Verdict
from app.domain.violations import ViolationKind
from app.schemas.reviews import RescoreRequest, VerdictRequest
from app.services.rescoring import save_rescore
from app.services.verdicts import give_verdict
from tests.builders import make_exam_session, make_user, make_violation


async def test_changed_scores_are_found(
    sessions: Sessions, engine: AsyncEngine, teacher: User, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust_check, "AT_ONCE", 3)

    async def found() -> tuple[int, list[int]]:
        async with engine.connect() as connection:
            return await unexplained_scores(connection)

    async with unit_of_work(sessions) as db:
        sat = [await make_exam_session(db, exam, await make_user(db)) for _ in range(8)]
        rows = [await make_violation(db, taken, ViolationKind.LOOKING_AWAY, seconds=20.0) for taken in sat[:6]]
    assert await found() == (8, [])
    async with unit_of_work(sessions) as db:
        await give_verdict(db, teacher, rows[0].id, VerdictRequest(verdict=Verdict.DISMISSED))
        wanted = VerdictRequest(verdict=Verdict.CONFIRMED, kind=ViolationKind.DEVTOOLS)
        await give_verdict(db, teacher, rows[1].id, wanted)
    async with unit_of_work(sessions) as db:
        await save_rescore(db, teacher, exam.id, RescoreRequest(weights={ViolationKind.DEVTOOLS: 0.9}))
    assert await found() == (8, [])
    async with unit_of_work(sessions) as db:
        await db.execute(update(ExamSession).where(ExamSession.id == sat[4].id).values(trust=99.0))
    assert await found() == (8, [sat[4].id])
