"""A raised hand and a written word reach the exam's teacher as a notification, once until somebody has looked."""

from sqlalchemy import select

from app.db.models import ExamSession, Notification, User
from app.db.session import Sessions, unit_of_work
from tests.live import LiveServer


async def told(sessions: Sessions, teacher: User) -> int:
    async with unit_of_work(sessions) as db:
        query = select(Notification.id).where(
            Notification.user_id == teacher.id, Notification.template == "help_wanted"
        )
        return len(list(await db.scalars(query)))


async def test_the_teacher_is_told_once_until_the_words_are_read(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    await line.say(1, "hand", raised=True)
    await line.say(2, "hand", raised=True)
    await line.acknowledged(2)
    assert await told(sessions, teacher) == 1
    await line.say(3, "hand", raised=False)
    await line.acknowledged(3)
    assert await told(sessions, teacher) == 1
    await line.say(4, "chat", text="My camera is dark")
    await line.acknowledged(4)
    await line.say(5, "chat", text="and now it is not")
    await line.acknowledged(5)
    assert await told(sessions, teacher) == 2
    async with server.browser(teacher) as browser:
        assert (await browser.get(f"/exam-sessions/{taken.id}/messages")).status_code == 200
    await line.say(6, "chat", text="but again")
    await line.acknowledged(6)
    assert await told(sessions, teacher) == 3
