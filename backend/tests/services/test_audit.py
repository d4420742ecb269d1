"""T35: a deed whose audit entry cannot be written does not happen."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions
from app.domain.exam_sessions import SessionState
from tests.conftest import Login

REFUSE = """
CREATE FUNCTION refuse_audit() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no room in the audit log'; END $$
LANGUAGE plpgsql
"""


@pytest.fixture
async def audit_is_full(engine: AsyncEngine) -> AsyncIterator[None]:
    """Nothing can be written into the audit log."""
    async with engine.begin() as connection:
        await connection.execute(text(REFUSE))
        await connection.execute(
            text("CREATE TRIGGER refuse BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit()")
        )
    yield
    async with engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER refuse ON audit_log"))
        await connection.execute(text("DROP FUNCTION refuse_audit"))


@pytest.mark.usefixtures("audit_is_full")
async def test_no_audit_entry_no_deed(
    client: httpx2.AsyncClient, login: Login, sessions: Sessions, teacher: User, exam: Exam, taken: ExamSession
) -> None:
    extend = f"/api/v1/exam-sessions/{taken.id}/extend"
    change = f"/api/v1/exams/{exam.id}"
    for answer in (
        await client.post(extend, json={"minutes": 30}, headers=login(teacher)),
        await client.put(change, json={"title": "Another"}, headers=login(teacher)),
    ):
        assert answer.status_code >= 500
        assert "audit" not in answer.text
    async with sessions() as db:
        assert (await db.get_one(Exam, exam.id)).title == exam.title
        row = await db.get_one(ExamSession, taken.id)
        assert (row.ends_at, row.state) == (taken.ends_at, SessionState(taken.state))
