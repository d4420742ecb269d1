"""Erasing sittings and people: rows, pieces and keys go; a sitting's chain stays and says that it was erased."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Text, cast, delete, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Forbidden, Invalid
from app.db.models import ExamSession, GivenDecision, GivenVerdict, Notification, UploadedFile, User
from app.db.session import Sessions, unit_of_work
from app.db.stored import names_of_sittings
from app.domain.custody import Item, Kind
from app.domain.exam_sessions import OPEN
from app.services import audit
from app.services.custody import hold, note_down
from app.services.custody_journal import Signed
from app.services.custody_seal import Notary, seal_one
from app.services.evidence_sweep import remove_evidence
from app.services.users import remove
from app.storage import EvidenceStore


@dataclass(slots=True)
class Erased:
    """What goes once the transaction is committed: files; and what the journal is told."""

    exam_session_ids: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    user_id: int | None = None


async def erase_exam_sessions(db: AsyncSession, notary: Notary, exam_session_ids: Sequence[int]) -> Erased:
    """Delete closed sittings with everything that hangs on them; their chains end with a signed word about it."""
    erased = Erased(sorted(exam_session_ids))
    erased.names = await names_of_sittings(db, erased.exam_session_ids)
    for one in erased.exam_session_ids:
        held = await hold(db, one)
        await note_down(db, held, Item(Kind.ERASED, "erased", None))
        signed = await seal_one(db, notary, one)
        erased.signed += [signed] if signed else []
    await db.execute(delete(ExamSession).where(ExamSession.id.in_(erased.exam_session_ids)))
    return erased


async def erase_person(db: AsyncSession, who: User, user: User, notary: Notary, *, email: str) -> Erased:
    """Everything about a person. Invalid `email_does_not_fit`; Conflict `person_sits_exam`, `user_in_use`.

    Forbidden `second_person_needed` for somebody who has judged one of the sittings (T17), and for oneself.
    """
    if email != user.email:
        raise Invalid("email_does_not_fit")
    mine = select(ExamSession.id).where(ExamSession.student_id == user.id)
    if await db.scalar(mine.where(ExamSession.state.in_(OPEN)).limit(1)) is not None:
        raise Conflict("person_sits_exam")
    for model in (GivenVerdict, GivenDecision):
        judged = select(model.id).where(model.exam_session_id.in_(mine), model.reviewer_id == who.id)
        if await db.scalar(judged.limit(1)) is not None:
            raise Forbidden("second_person_needed")
    erased = await erase_exam_sessions(db, notary, list(await db.scalars(mine)))
    erased.user_id = user.id
    own = select(UploadedFile.path).where(UploadedFile.owner_id == user.id, UploadedFile.exam_session_id.is_(None))
    erased.names += list(await db.scalars(own))
    # What others were told about the person names the person.
    told = cast(Notification.params, Text)
    named = or_(told.contains(user.full_name, autoescape=True), told.contains(user.email, autoescape=True))
    await db.execute(delete(Notification).where(named))
    audit.note(db, who, "user.erase", f"user:{user.id}", exam_sessions=len(erased.exam_session_ids))
    await remove(db, who, user)
    return erased


async def finish_erasure(store: EvidenceStore, notary: Notary, erased: Erased) -> None:
    """After the commit: the files, and what the journal has to know should an old backup ever come back."""
    await remove_evidence(store, erased.names)
    await asyncio.to_thread(notary.journal.write, erased.signed)
    if erased.exam_session_ids or erased.user_id is not None:
        await asyncio.to_thread(notary.journal.write_erased, erased.exam_session_ids, erased.user_id)


async def erase_again(sessions: Sessions, store: EvidenceStore, notary: Notary) -> int:
    """After a restore: what was erased since the backup was made is erased again; returns how many sittings.

    Numbers that the journal knows are not given a second time, or a new sitting would be taken for an old one.
    """
    known = await asyncio.to_thread(lambda: (*notary.journal.erased(), notary.journal.highest()))
    gone, people, highest = known
    async with unit_of_work(sessions) as db:
        await _never_again(db, "exam_sessions", max([highest, *gone], default=0))
        await _never_again(db, "users", max(people, default=0))
        back = await db.scalars(select(ExamSession.id).where(ExamSession.id.in_(gone)))
        erased = await erase_exam_sessions(db, notary, list(back))
        for user in await db.scalars(select(User).where(User.id.in_(people))):
            own = select(UploadedFile.path).where(UploadedFile.owner_id == user.id)
            erased.names += list(await db.scalars(own))
            await remove(db, None, user)
    await finish_erasure(store, notary, erased)
    return len(erased.exam_session_ids)


async def _never_again(db: AsyncSession, table: str, highest: int) -> None:
    if highest:
        statement = f"SELECT setval(s, greatest(:highest, (SELECT coalesce(max(id), 1) FROM {table}))) "  # noqa: S608
        await db.execute(text(statement + f"FROM pg_get_serial_sequence('{table}', 'id') AS s"), {"highest": highest})
