"""Mail digests, handed to a real SMTP server."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.core.config import Settings
from app.core.mail import Mailer, MailFailed
from app.db.models import Notification, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Language
from app.services.mail_digest import send_digests
from app.services.notifications import raise_notifications, read_notification, wording_of
from tests.builders import make_user
from tests.mailbox import Mailbox, mailbox_open, mailing

URL = "https://exams.example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """The mail server."""
    with mailbox_open() as mailbox:
        yield mailbox


@pytest.fixture
def mailer(settings: Settings, mailbox: Mailbox) -> Mailer:
    """What hands mails to it."""
    return Mailer(mailing(settings, mailbox))


async def tell(sessions: Sessions, *readers: User, exam: str = "Physics") -> None:
    async with unit_of_work(sessions) as db:
        await raise_notifications(db, [one.id for one in readers], wording_of("exam_published", exam=exam))


async def test_each_gets_one_mail_in_their_language_and_only_once(
    sessions: Sessions, mailer: Mailer, mailbox: Mailbox, teacher: User
) -> None:
    async with unit_of_work(sessions) as db:
        bangla = await make_user(db, preferred_language=Language.BANGLA)
        spared = await make_user(db, mail_digest=False)
        demo = await make_user(db, is_demo=True)
    await tell(sessions, teacher, bangla, spared, demo)
    await tell(sessions, bangla, exam="রসায়ন")
    assert await send_digests(sessions, mailer, public_url=URL) == 2
    by_reader = {str(mail["To"]): mail for mail in mailbox.mails}
    assert by_reader.keys() == {teacher.email, bangla.email}
    assert by_reader[teacher.email]["Subject"] == "360° Proctor: 1 unread"
    assert by_reader[bangla.email]["Subject"] == "360° Proctor: ২টি অপঠিত"
    body = by_reader[bangla.email].get_content()
    assert "নতুন পরীক্ষা: রসায়ন" in body
    assert URL in body
    assert await send_digests(sessions, mailer, public_url=URL) == 0


async def test_what_was_read_is_not_mailed(sessions: Sessions, mailer: Mailer, mailbox: Mailbox, student: User) -> None:
    await tell(sessions, student)
    async with unit_of_work(sessions) as db:
        (row,) = await db.scalars(select(Notification))
        await read_notification(db, student, row.id)
    assert await send_digests(sessions, mailer, public_url=URL) == 0
    assert mailbox.mails == []


async def test_refused_for_good_is_given_up_and_refused_for_now_is_tried_again(
    sessions: Sessions, mailer: Mailer, mailbox: Mailbox, student: User, teacher: User, admin: User
) -> None:
    mailbox.refused = {student.email: "550 nobody here", teacher.email: "451 later, please"}
    await tell(sessions, student, teacher, admin)
    assert await send_digests(sessions, mailer, public_url=URL) == 1
    mailbox.refused = {}
    assert await send_digests(sessions, mailer, public_url=URL) == 1
    assert [str(mail["To"]) for mail in mailbox.mails] == [admin.email, teacher.email]


async def test_a_server_that_is_away_costs_nothing(sessions: Sessions, settings: Settings, student: User) -> None:
    with mailbox_open() as mailbox:
        mailer = Mailer(mailing(settings, mailbox))
    await tell(sessions, student)
    assert await send_digests(sessions, mailer, public_url=URL) == 0
    async with sessions() as db:
        (row,) = await db.scalars(select(Notification))
    assert row.mailed_at is None


async def test_no_text_breaks_out_of_its_header(mailer: Mailer, mailbox: Mailbox) -> None:
    for to, subject in (("a@x.org\r\nBcc: b@x.org", "Hi"), ("a@x.org", "Hi\r\nBcc: b@x.org")):
        with pytest.raises(MailFailed) as failed:
            await mailer.send(to=to, subject=subject, body="x")
        assert failed.value.for_good
    assert mailbox.mails == []


async def test_without_a_server_there_is_no_mail(settings: Settings) -> None:
    assert Mailer(settings).enabled is False
