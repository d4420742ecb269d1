"""What the sockets' tests share: a second student beside the first."""

import pytest

from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from tests.builders import make_exam_session, make_user


@pytest.fixture
async def other_sitting(sessions: Sessions, exam: Exam) -> tuple[User, ExamSession]:
    """Another student and their sitting of the same exam."""
    async with unit_of_work(sessions) as db:
        other = await make_user(db)
        return other, await make_exam_session(db, exam, other)
