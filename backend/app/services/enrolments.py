"""Who is on an exam's list."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import ExamEnrolment, User
from app.db.name_order import by_name
from app.domain.exams import SITTABLE
from app.domain.roles import Language, Role
from app.schemas.exams import EnrolledStudent, EnrolmentsUpdate, EnrolmentWrite
from app.schemas.users import normalise_email
from app.services import audit
from app.services.access import access_exam_as_staff
from app.services.imports import InvalidLines
from app.services.news import tell_of_enrolment


async def list_enrolments(db: AsyncSession, who: User, exam_id: int) -> Sequence[EnrolledStudent]:
    """The students on the list, by name."""
    exam = await access_exam_as_staff(db, who, exam_id)
    query = (
        select(User, ExamEnrolment.group)
        .join(ExamEnrolment, ExamEnrolment.student_id == User.id)
        .where(ExamEnrolment.exam_id == exam.id)
        .order_by(*by_name(User.full_name), User.id)
    )
    return [_enrolled(student, group) for student, group in await db.execute(query)]


async def replace_enrolments(
    db: AsyncSession, who: User, exam_id: int, wanted: EnrolmentsUpdate
) -> Sequence[EnrolledStudent]:
    """Make the list exactly this one, or InvalidLines and nothing changes.

    Codes of a line: `student_unknown` (also for people who are no students), `duplicate_line`.
    """
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    listed = await _listed(db, wanted)
    rows = await db.scalars(select(ExamEnrolment).where(ExamEnrolment.exam_id == exam.id))
    before = {row.student_id: row for row in rows}
    gone = before.keys() - listed.keys()
    await db.execute(delete(ExamEnrolment).where(ExamEnrolment.exam_id == exam.id, ExamEnrolment.student_id.in_(gone)))
    added = sorted(listed.keys() - before.keys())
    db.add_all(ExamEnrolment(exam_id=exam.id, student_id=one, group=listed[one] or "") for one in added)
    for student_id, group in listed.items():
        if group is not None and student_id in before:
            before[student_id].group = group
    await db.flush()
    if exam.status in SITTABLE:
        await tell_of_enrolment(db, exam, added)
    audit.note(db, who, "exam.enrolments", f"exam:{exam.id}", added=len(added), removed=len(gone), total=len(listed))
    return await list_enrolments(db, who, exam_id)


async def _listed(db: AsyncSession, wanted: EnrolmentsUpdate) -> dict[int, str | None]:
    """Student → group, None where the line names none. Raises InvalidLines."""
    lines = [(one.student, one.group) if isinstance(one, EnrolmentWrite) else (one, None) for one in wanted.students]
    references = [one if isinstance(one, int) else normalise_email(one) for one, _group in lines]
    found = await _students(db, references)
    listed: dict[int, str | None] = {}
    bad: list[dict[str, str | int]] = []
    for line, (reference, (_, group)) in enumerate(zip(references, lines, strict=True), start=1):
        student_id = found.get(reference)
        if student_id is None or student_id in listed:
            bad.append({"line": line, "code": "student_unknown" if student_id is None else "duplicate_line"})
        else:
            listed[student_id] = group
    if bad:
        raise InvalidLines(bad)
    return listed


def _enrolled(student: User, group: str) -> EnrolledStudent:
    return EnrolledStudent(
        id=student.id,
        email=student.email,
        full_name=student.full_name,
        preferred_language=Language(student.preferred_language),
        is_active=student.is_active,
        group=group,
    )


async def _students(db: AsyncSession, references: Iterable[int | str]) -> dict[int | str, int]:
    """Ids by id and by e-mail, of those that are students."""
    ids = [one for one in references if isinstance(one, int)]
    emails = [one for one in references if isinstance(one, str)]
    query = select(User.id, User.email).where(User.role == Role.STUDENT, User.id.in_(ids) | User.email.in_(emails))
    found: dict[int | str, int] = {}
    for student_id, email in await db.execute(query):
        found[student_id] = student_id
        found[email] = student_id
    return found
