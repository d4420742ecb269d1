"""An exam's list of students from a file or pasted lines."""

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Forbidden
from app.db.models import Exam, ExamEnrolment, User
from app.db.session import Sessions, unit_of_work
from app.domain.exams import SITTABLE
from app.domain.roles import Language, Role
from app.schemas.exams import GroupCount
from app.schemas.imports import EnrolmentImportOptions, ImportReport
from app.services import audit
from app.services.access import access_exam_as_staff
from app.services.imports import Draft, Person, accounts_of, make_accounts, prepare_accounts, read_people
from app.services.news import tell_of_enrolment
from app.services.tables import Columns

ENROLMENT_COLUMNS = Columns(
    {
        "email": ("e-mail", "mail", "email address", "ই-মেইল", "ইমেইল"),
        "full_name": ("name", "student", "নাম"),
        "group": ("class", "room", "section", "দল", "শ্রেণি"),
    },
    required=("email",),
)


async def import_enrolments(
    sessions: Sessions, who: User, exam_id: int, body: bytes, wanted: EnrolmentImportOptions
) -> ImportReport:
    """Put the students of a file on the list, or InvalidLines and nothing changes. Opens its own units of work.

    Codes of a line: `student_unknown` (also for people who are no students), `duplicate_line`, `email_invalid`,
    `name_invalid`, `group_invalid`. Forbidden `only_admins_create_accounts`.
    """
    if wanted.create_accounts and who.role != Role.ADMIN:
        raise Forbidden("only_admins_create_accounts")
    draft = await read_people(body, ENROLMENT_COLUMNS, language=Language(who.preferred_language))
    async with sessions() as db:
        exam = await access_exam_as_staff(db, who, exam_id)
        known = await accounts_of(db, draft.people)
        new = _new_people(draft, known, create=wanted.create_accounts)
        if wanted.dry_run:
            listed = await _list_of(db, exam)
            there = {known[one.email].id for one in draft.people if one.email in known}
            gone = len(listed.keys() - there) if wanted.replace else 0
            report = draft.report(dry_run=True, created=len(new), existing=len(known))
            return report.model_copy(update={"added": len(there - listed.keys()) + len(new), "removed": gone})
    draft.refuse()
    prepared = await prepare_accounts(new)
    async with unit_of_work(sessions) as db:
        exam = await access_exam_as_staff(db, who, exam_id, lock=True)
        accounts = await make_accounts(db, who, prepared)
        ids = {email: user.id for email, user in known.items()} | {one.email: one.id for one in accounts}
        groups = {ids[one.email]: one.group for one in draft.people}
        added, removed = await _store(db, who, exam, groups, replace=wanted.replace)
    report = draft.report(dry_run=False, created=len(new), existing=len(known))
    return report.model_copy(update={"added": added, "removed": removed, "accounts": accounts})


async def groups_of(db: AsyncSession, who: User, exam_id: int) -> list[GroupCount]:
    """The groups of an exam's list and how many students each has, by name."""
    exam = await access_exam_as_staff(db, who, exam_id)
    query = (
        select(ExamEnrolment.group, func.count())
        .where(ExamEnrolment.exam_id == exam.id)
        .group_by(ExamEnrolment.group)
        .order_by(ExamEnrolment.group)
    )
    return [GroupCount(group=group, students=count) for group, count in await db.execute(query)]


def _new_people(draft: Draft, known: dict[str, User], *, create: bool) -> list[Person]:
    """Who needs an account; what is wrong is noted in the draft."""
    new: list[Person] = []
    for person in draft.people:
        account = known.get(person.email)
        if account is not None:
            if account.role != Role.STUDENT:
                draft.wrong(person.line, "student_unknown", "email")
        elif not create:
            draft.wrong(person.line, "student_unknown", "email")
        elif not person.full_name:
            draft.wrong(person.line, "name_invalid", "full_name")
        else:
            new.append(person)
    return new


async def _list_of(db: AsyncSession, exam: Exam) -> dict[int, ExamEnrolment]:
    """The rows of the exam's list by student."""
    rows = await db.scalars(select(ExamEnrolment).where(ExamEnrolment.exam_id == exam.id))
    return {row.student_id: row for row in rows}


async def _store(db: AsyncSession, who: User, exam: Exam, groups: dict[int, str], *, replace: bool) -> tuple[int, int]:
    """Returns how many came and how many left. A line without a group leaves the group as it is."""
    before = await _list_of(db, exam)
    added = sorted(groups.keys() - before.keys())
    gone = sorted(before.keys() - groups.keys()) if replace else []
    for student_id in groups.keys() & before.keys():
        before[student_id].group = groups[student_id] or before[student_id].group
    await db.execute(delete(ExamEnrolment).where(ExamEnrolment.exam_id == exam.id, ExamEnrolment.student_id.in_(gone)))
    db.add_all(ExamEnrolment(exam_id=exam.id, student_id=one, group=groups[one]) for one in added)
    await db.flush()
    if exam.status in SITTABLE:
        await tell_of_enrolment(db, exam, added)
    total = len(before) + len(added) - len(gone)
    audit.note(db, who, "exam.enrolments", f"exam:{exam.id}", added=len(added), removed=len(gone), total=total)
    return len(added), len(gone)
