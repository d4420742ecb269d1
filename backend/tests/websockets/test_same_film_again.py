"""Real frames down a real line: the film of one exam, sent again in another, is named to the teacher."""

import asyncio

import pytest
from sqlalchemy import func, select

from app.db.models import ExamSession, FilmPiece, User
from app.db.session import Sessions, unit_of_work
from app.domain.violations import ViolationKind
from app.services.film_comparison import compare_next
from tests.builders import make_exam, make_exam_session, make_user
from tests.films import MovingFace
from tests.live import LiveServer

OTHERS = [kind for kind in ViolationKind if kind is not ViolationKind.LOOPED_VIDEO]


async def sit(server: LiveServer, student: User, taken: ExamSession, pictures: list[tuple[float, bytes]]) -> None:
    """Send a film, each picture when the one before was answered, and hand in."""
    line = await server.student(student, taken)
    for number, (at, picture) in enumerate(pictures, start=1):
        await line.show(number, picture, 1_700_000_000_000 + round(at * 1000))
        assert (await line.answer_to(number))["type"] == "frame.done"
    async with server.browser(student) as browser:
        assert (await browser.post(f"/proctoring/end-session/{taken.id}")).status_code == 200
    await line.connection.close()


async def test_a_film_of_another_exam_is_named_to_the_teacher(
    server: LiveServer, sessions: Sessions, teacher: User, student: User
) -> None:
    server.change(MAX_FPS=1000.0)
    async with unit_of_work(sessions) as db:
        physics, chemistry = [await make_exam(db, teacher, disabled_kinds=OTHERS) for _ in range(2)]
        other = await make_user(db)
        first = await make_exam_session(db, physics, student)
        again = await make_exam_session(db, chemistry, student)
        honest = await make_exam_session(db, chemistry, other)
    film, own = await asyncio.to_thread(lambda: (MovingFace(1, 120), MovingFace(2, 120)))
    sent = [
        (student, first, film.sent(begins=0, seconds=95, fps=1.5, quality=85)),
        (student, again, film.sent(begins=20.2, seconds=74, fps=1.5, quality=50, size=0.7)),
        (other, honest, own.sent(begins=0, seconds=74, fps=1)),
    ]
    for who, taken, pictures in sent:
        await sit(server, who, taken, await asyncio.to_thread(list, pictures))
    async with server.app.state.sessions() as db:
        assert await db.scalar(select(func.count(FilmPiece.exam_session_id.distinct()))) == 3
    while await compare_next(sessions) is not None:
        pass
    async with server.browser(teacher) as browser:
        (noted,) = (await browser.get(f"/exam-sessions/{again.id}/violations")).json()
        clean = [(await browser.get(f"/exam-sessions/{one.id}/violations")).json() for one in (first, honest)]
    assert clean == [[], []]
    assert noted["kind"] == "looped_video"
    assert noted["measured"]["earlier_session"] == first.id
    assert noted["measured"]["earlier_seconds"] == pytest.approx(20, abs=12)
