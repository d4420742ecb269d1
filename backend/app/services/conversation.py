"""What staff and student say to each other during a sitting: kept first, then told; unread texts are counted."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Conflict
from app.db.models import ExamSession, SittingMessage, User
from app.db.session import announce
from app.domain.custody import Kind
from app.domain.exam_sessions import OPEN
from app.domain.roles import Role
from app.schemas.conversation import MessageRead
from app.schemas.realtime import exam_session_topic, exam_topic
from app.schemas.sitting_messages import Chat, DeskChanged, Hand, HandLowered, TextTold, WordsRead
from app.services.access import access_exam_as_staff, access_exam_session
from app.services.audit import note
from app.services.client_messages import StoredMessage
from app.services.custody import Held, hold, hold_all, note_down, note_down_all
from app.services.custody_items import TEXT, item_of
from app.services.exam_sessions import SittingChanged, for_staff
from app.services.news import message_was_read, tell_of_help, tell_of_message
from app.services.sitting import Sitting


async def say(db: AsyncSession, who: User, exam_session_id: int, text: str, *, warning: bool = False) -> MessageRead:
    """Staff write to one student, who is told at once or finds it on coming back."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    written = (await _write(db, who, await hold_all(db, [taken.id]), text, warning=warning))[0]
    await tell_of_message(db, taken.exam, [taken.student_id], sender_id=who.id, words=text)
    action = "exam_session.warn" if warning else "exam_session.message"
    note(db, who, action, f"exam_session:{taken.id}", message_id=written.id)
    return message_read(written)


async def say_to_all(db: AsyncSession, who: User, exam_id: int, text: str) -> int:
    """Staff write to everybody who sits the exam now; returns to how many."""
    exam = await access_exam_as_staff(db, who, exam_id)
    query = select(ExamSession.id, ExamSession.student_id).where(ExamSession.exam_id == exam.id)
    rows = await db.execute(query.where(ExamSession.state.in_(OPEN)))
    students = {row.id: row.student_id for row in rows}
    written = await _write(db, who, await hold_all(db, list(students)), text, warning=False)
    told = [students[row.exam_session_id] for row in written]
    await tell_of_message(db, exam, told, sender_id=who.id, words=text)
    note(db, who, "exam.message", f"exam:{exam.id}", exam_sessions=len(written))
    return len(written)


async def conversation(db: AsyncSession, who: User, exam_session_id: int) -> list[MessageRead]:
    """All texts of a sitting, oldest first, for both sides; what the other side wrote counts as read from now on."""
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    by_student = who.role != Role.STUDENT
    unread = (
        SittingMessage.exam_session_id == taken.id,
        SittingMessage.by_student.is_(by_student),
        SittingMessage.read_at.is_(None),
    )
    at = now()
    columns = (SittingMessage.id, *[getattr(SittingMessage, name) for name in TEXT])
    read = (await db.execute(update(SittingMessage).where(*unread).values(read_at=at).returning(*columns))).all()
    if read and by_student:
        announce(db, exam_session_topic(taken.id), WordsRead(at=at))
    if not by_student:
        await message_was_read(db, who.id, taken.exam_id)
    if read and not by_student:
        await note_down(db, await hold(db, taken.id), *[item_of(Kind.TEXT, row) for row in sorted(read)])
    if by_student and taken.unread:
        taken.unread = 0
        await db.flush()
        _tell(db, taken.id, taken.exam_id, unread=0)
    rows = await db.scalars(
        select(SittingMessage)
        .where(SittingMessage.exam_session_id == taken.id)
        .order_by(SittingMessage.id)
        .execution_options(populate_existing=True)
    )
    return [message_read(row) for row in rows]


async def lower_hand(db: AsyncSession, who: User, exam_session_id: int) -> None:
    """Staff take a raised hand down; the student is told. One that is not raised changes nothing."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if not taken.hand_raised:
        return
    taken.hand_raised = False
    note(db, who, "exam_session.hand_lowered", f"exam_session:{taken.id}")
    await db.flush()
    announce(db, exam_session_topic(taken.id), HandLowered())
    _tell(db, taken.id, taken.exam_id, hand=False)


async def take_words(db: AsyncSession, sitting: Sitting, messages: Sequence[StoredMessage]) -> None:
    """What the student says over the socket; in the transaction that stores the messages, whose row the caller holds.

    Tried again although it went through the first time, it finds the texts there and counts none twice.
    """
    spoken = [(message.seq, message.spoken) for message in messages if message.spoken is not None]
    if not spoken:
        return
    known = select(ExamSession.unread, ExamSession.hand_raised).where(ExamSession.id == sitting.id)
    before = (await db.execute(known)).one()
    texts = [
        {
            "exam_session_id": sitting.id,
            "author_id": sitting.student.id,
            "seq": seq,
            "by_student": True,
            "text": one.text,
        }
        for seq, one in spoken
        if isinstance(one, Chat)
    ]
    columns: dict[str, object] = {}
    if texts:
        values = [{**text, "warning": False} for text in texts]
        added = insert(SittingMessage).on_conflict_do_nothing().returning(SittingMessage.id)
        fresh = await db.scalars(added, values)
        columns["unread"] = ExamSession.unread + len(list(fresh))
    hands = [one.raised for _seq, one in spoken if isinstance(one, Hand)]
    if hands:
        columns["hand_raised"] = hands[-1]
    changed = await db.execute(
        update(ExamSession)
        .where(ExamSession.id == sitting.id)
        .values(**columns)
        .returning(ExamSession.unread, ExamSession.hand_raised)
    )
    unread, hand = changed.one()
    if (unread and not before.unread) or (hand and not before.hand_raised):  # the first since staff have looked
        await tell_of_help(db, exam_session_id=sitting.id, seq=spoken[0][0])
    _tell(db, sitting.id, sitting.exam_id, unread=unread, hand=hand)


async def _write(
    db: AsyncSession, who: User, sittings: Sequence[Held], text: str, *, warning: bool
) -> list[SittingMessage]:
    written = [
        SittingMessage(exam_session_id=one.id, author_id=who.id, by_student=False, warning=warning, text=text)
        for one in sittings
    ]
    db.add_all(written)
    await db.flush()
    chained = {one: [item_of(Kind.TEXT, row)] for one, row in zip(sittings, written, strict=True)}
    await note_down_all(db, chained)
    for row in written:
        told = TextTold.model_validate(
            {"id": row.id, "from": "staff", "text": row.text, "at": row.created_at, "warning": row.warning}
        )
        announce(db, exam_session_topic(row.exam_session_id), told)
    return written


def _tell(db: AsyncSession, exam_session_id: int, exam_id: int, **changes: object) -> None:
    announce(db, exam_session_topic(exam_session_id), DeskChanged(changes=changes))
    announce(db, exam_topic(exam_id), SittingChanged(exam_session_id))


def message_read(row: SittingMessage) -> MessageRead:
    """As both sides see it."""
    return MessageRead.model_validate(
        {
            "id": row.id,
            "from": "student" if row.by_student else "staff",
            "text": row.text,
            "warning": row.warning,
            "at": row.created_at,
            "read": row.read_at is not None,
        }
    )
