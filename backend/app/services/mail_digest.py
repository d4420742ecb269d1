"""What was not read in the app goes out by mail, one mail a person; and what is too old goes away."""

import asyncio
from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import select, update

from app.core.clock import now
from app.core.i18n import text
from app.core.mail import Mailer, MailFailed
from app.db.models import Notification, User
from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.roles import Language
from app.services.notifications import CATALOGUE, remove_old, words_of

MOST_LINES = 50
"""Lines of one mail; the rest is counted."""
AT_ONCE = 2000
"""Rows looked at in one round; what is left waits for the next."""
MOST_FAILURES = 3
"""Failures in a row after which a round gives up: the server is away."""


async def keep_digesting(sessions: Sessions, mailer: Mailer, *, minutes: int, public_url: str) -> None:
    """Until cancelled: every so many minutes."""
    while True:
        await asyncio.sleep(minutes * 60)
        with forgiving("mail.digest_retry"):
            async with unit_of_work(sessions) as db:
                await remove_old(db)
            if mailer.enabled:
                await send_digests(sessions, mailer, public_url=public_url)


async def send_digests(sessions: Sessions, mailer: Mailer, *, public_url: str) -> int:
    """Mail to each person who wants it what is unread and was not mailed before; returns how many mails went out.

    What a server refuses for good counts as mailed; what fails for now is tried in the next round. A crash between
    handing over and noting it sends a mail twice rather than never.
    """
    query = (
        select(Notification, User)
        .join(User, User.id == Notification.user_id)
        .where(
            Notification.mailed_at.is_(None),
            Notification.read_at.is_(None),
            Notification.dismissed_at.is_(None),
            User.is_active,
            User.mail_digest,
            ~User.is_demo,
        )
        .order_by(User.id, Notification.id)
        .limit(AT_ONCE)
    )
    async with sessions() as db:
        waiting = [(row, user) for row, user in await db.execute(query)]
    sent = failures = 0
    for _, group in groupby(waiting, key=lambda pair: pair[1].id):
        pairs = list(group)
        rows, reader = [row for row, _ in pairs], pairs[0][1]
        subject, body = digest_of(rows, Language(reader.preferred_language), public_url=public_url)
        try:
            await mailer.send(to=reader.email, subject=subject, body=body)
            sent, failures = sent + 1, 0
        except MailFailed as failed:
            if not failed.for_good:
                failures += 1
                if failures >= MOST_FAILURES:
                    break
                continue
        async with unit_of_work(sessions) as db:
            mailed = update(Notification).where(Notification.id.in_([row.id for row in rows]))
            await db.execute(mailed.values(mailed_at=now()))
    return sent


def digest_of(rows: Sequence[Notification], language: Language, *, public_url: str) -> tuple[str, str]:
    """Subject and body of the mail about these notifications."""
    lines = []
    for row in rows[:MOST_LINES]:
        title, message = words_of(row, language)
        lines.append(f"• {title}\n  {message}\n")
    if len(rows) > MOST_LINES:
        lines.append(text(CATALOGUE, "digest.more", language, {"count": len(rows) - MOST_LINES}))
    subject = text(CATALOGUE, "digest.subject", language, {"count": len(rows)})
    ending = text(CATALOGUE, "digest.ending", language, {"url": public_url})
    return subject, "\n".join([text(CATALOGUE, "digest.greeting", language), "", *lines, "", ending, ""])
