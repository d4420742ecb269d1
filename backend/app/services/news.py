"""What happens in exams and is worth telling somebody who is not looking: each a notification, told once."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Exam, ExamEnrolment, ExamSession, Notification, User
from app.domain.violations import ViolationKind
from app.services.notifications import raise_notifications, wording_of


async def tell_of_grave_violation(db: AsyncSession, *, exam_session_id: int, kind: ViolationKind) -> None:
    """To the exam's teacher, once for each kind in each sitting: a student who does it ten times is one matter."""
    key = f"violation:{exam_session_id}:{kind.value}"
    await _tell_teacher(db, exam_session_id, "grave_violation", key=key, kind=kind.value)


async def tell_of_help(db: AsyncSession, *, exam_session_id: int, seq: int) -> None:
    """To the exam's teacher: a student raised a hand or wrote. `seq`: the message that did, told once."""
    await _tell_teacher(db, exam_session_id, "help_wanted", key=f"help:{exam_session_id}:{seq}")


async def _tell_teacher(db: AsyncSession, exam_session_id: int, template: str, *, key: str, **words: str) -> None:
    """About a student's sitting; practice has no teacher."""
    query = (
        select(Exam.id, Exam.creator_id, Exam.title, User.full_name)
        .join(ExamSession, ExamSession.exam_id == Exam.id)
        .join(User, User.id == ExamSession.student_id)
        .where(ExamSession.id == exam_session_id, ~Exam.practice)
    )
    found = (await db.execute(query)).one_or_none()
    if found is None:
        return
    exam_id, teacher_id, title, student = found
    wording = wording_of(template, exam=title, student=student, **words)
    about = {"exam_id": exam_id, "exam_session_id": exam_session_id}
    await raise_notifications(db, [teacher_id], wording, key=key, **about)


async def tell_of_publication(db: AsyncSession, exam: Exam) -> None:
    """To the students on the exam's list, once."""
    students = await db.scalars(select(ExamEnrolment.student_id).where(ExamEnrolment.exam_id == exam.id))
    await tell_of_enrolment(db, exam, students)


async def tell_of_enrolment(db: AsyncSession, exam: Exam, students: Iterable[int]) -> None:
    """To students that a published exam is theirs to sit, once."""
    wording = wording_of("exam_published", exam=exam.title)
    await raise_notifications(db, students, wording, key=f"published:{exam.id}", exam_id=exam.id)


async def tell_of_results(db: AsyncSession, exam: Exam) -> None:
    """To everybody who sat the exam: the results can be looked at. A second release is told again."""
    students = await db.scalars(select(ExamSession.student_id).where(ExamSession.exam_id == exam.id))
    released = exam.results_released_at
    key = f"results:{exam.id}:{released.isoformat() if released else ''}"
    await raise_notifications(db, students, wording_of("results_released", exam=exam.title), key=key, exam_id=exam.id)


async def tell_of_decision(db: AsyncSession, taken: ExamSession, *, decision_id: int) -> None:
    """To the student: something was decided about the sitting. What it is stands behind the login, not here.

    `taken` with its exam loaded.
    """
    await raise_notifications(
        db,
        [taken.student_id],
        wording_of("decision_made", exam=taken.exam.title),
        key=f"decision:{decision_id}",
        exam_id=taken.exam_id,
        exam_session_id=taken.id,
    )


async def tell_of_message(db: AsyncSession, exam: Exam, students: Iterable[int], *, sender_id: int, words: str) -> None:
    """To students: staff of the exam wrote. What is read in the exam room is read here too (`message_was_read`)."""
    wording = wording_of("staff_message", exam=exam.title, text=words)
    await raise_notifications(db, students, wording, exam_id=exam.id, sender_id=sender_id)


async def message_was_read(db: AsyncSession, student_id: int, exam_id: int) -> None:
    """The student has read what staff wrote, in the exam room."""
    told = (Notification.user_id == student_id, Notification.exam_id == exam_id)
    unread = (Notification.template == "staff_message", Notification.read_at.is_(None))
    await db.execute(update(Notification).where(*told, *unread).values(read_at=now()))
