"""Lists of people from files: every line is checked before anything is stored, and one wrong line stores nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Invalid
from app.core.i18n import text
from app.core.security import hash_password
from app.db.models import User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Language, Role
from app.schemas.base import Line
from app.schemas.imports import ImportReport, LineError, NewAccount
from app.schemas.users import Email
from app.services import audit
from app.services.tables import Columns, Table, TableRow, read_table
from app.services.users import add_accounts, one_time_password

IMPORTED_LIFE = timedelta(days=14)
"""How long the one-time password of an imported account is good: a class list takes longer to hand out."""
MOST_ACCOUNTS = 1000
"""Accounts of one import: each password costs 32 ms to hash."""
USER_COLUMNS = Columns(
    {
        "email": ("e-mail", "mail", "email address", "ই-মেইল", "ইমেইল"),
        "full_name": ("name", "student", "নাম"),
        "role": ("ভূমিকা",),
        "language": ("preferred language", "ভাষা"),
    },
    required=("email", "full_name"),
)
IMPORTABLE = {"": Role.STUDENT, "student": Role.STUDENT, "teacher": Role.TEACHER}
"""Administrators are made one by one."""
LANGUAGES = {"": Language.ENGLISH, "en": Language.ENGLISH, "bn": Language.BANGLA}
_email: TypeAdapter[str] = TypeAdapter(Email)
_name: TypeAdapter[str] = TypeAdapter(Line)


class InvalidLines(Invalid):
    """Some lines of a list are wrong, and therefore nothing was changed. `lines`: number from 1 and code of each."""

    code = "enrolments_invalid"

    def __init__(self, lines: list[dict[str, str | int]]) -> None:
        super().__init__(count=len(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Person:
    """One line about somebody."""

    line: int
    email: str
    full_name: str
    role: Role = Role.STUDENT
    language: Language = Language.ENGLISH
    group: str = ""


@dataclass(slots=True)
class Draft:
    """What a file holds, line by line, and what is wrong with it."""

    table: Table
    language: Language
    people: list[Person] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)

    def wrong(self, line: int, code: str, column: str = "") -> None:
        """Note that a line is wrong."""
        self.errors.append(
            LineError(line=line, code=code, column=column, detail=text("errors", code, self.language, {"name": column}))
        )

    def refuse(self) -> None:
        """InvalidLines if any line is wrong."""
        if self.errors:
            raise InvalidLines([one.model_dump() for one in sorted(self.errors, key=lambda one: one.line)])

    def report(self, *, dry_run: bool, created: int, existing: int) -> ImportReport:
        """What is known before anything is stored."""
        return ImportReport(
            dry_run=dry_run,
            found=len(self.table.rows),
            created=created,
            existing=existing,
            ignored_columns=self.table.ignored[:20],
            errors=sorted(self.errors, key=lambda one: one.line),
            accounts=[],
        )


async def read_people(body: bytes, columns: Columns, *, language: Language) -> Draft:
    """The people of a file; twice the same address is wrong the second time."""
    draft = Draft(await asyncio.to_thread(read_table, body, columns), language)
    seen: set[str] = set()
    for row in draft.table.rows:
        person = _person(draft, row)
        if person is None:
            continue
        if person.email in seen:
            draft.wrong(row.line, "duplicate_line", "email")
        else:
            seen.add(person.email)
            draft.people.append(person)
    return draft


async def import_users(sessions: Sessions, who: User, body: bytes, *, dry_run: bool) -> ImportReport:
    """Make the accounts of a list; who has one already is left as it is. InvalidLines and nothing is stored.

    Opens its own units of work, since no connection may wait while a whole class's passwords are hashed.
    """
    draft = await read_people(body, USER_COLUMNS, language=Language(who.preferred_language))
    async with sessions() as db:
        known = await accounts_of(db, draft.people)
    new = [one for one in draft.people if one.email not in known]
    report = draft.report(dry_run=dry_run, created=len(new), existing=len(draft.people) - len(new))
    if dry_run:
        return report
    draft.refuse()
    prepared = await prepare_accounts(new)
    async with unit_of_work(sessions) as db:
        accounts = await make_accounts(db, who, prepared)
    return report.model_copy(update={"accounts": accounts})


async def accounts_of(db: AsyncSession, people: Sequence[Person]) -> dict[str, User]:
    """The accounts that are there already, by e-mail."""
    rows = await db.scalars(select(User).where(User.email.in_([one.email for one in people])))
    return {row.email: row for row in rows}


async def prepare_accounts(people: Sequence[Person]) -> list[tuple[User, str]]:
    """Accounts that are not stored yet, each with its one-time password. Invalid `too_many_accounts`."""
    if len(people) > MOST_ACCOUNTS:
        raise Invalid("too_many_accounts", max=MOST_ACCOUNTS)
    passwords = [one_time_password() for _ in people]
    hashes = await asyncio.gather(*(hash_password(one) for one in passwords))
    rows = [
        User(
            email=one.email,
            full_name=one.full_name,
            role=one.role,
            preferred_language=one.language,
            hashed_password=hashed,
            must_change_password=True,
            password_expires_at=now() + IMPORTED_LIFE,
        )
        for one, hashed in zip(people, hashes, strict=True)
    ]
    return list(zip(rows, passwords, strict=True))


async def make_accounts(db: AsyncSession, who: User, prepared: Sequence[tuple[User, str]]) -> list[NewAccount]:
    """Store them; 400 `email_taken` where somebody was quicker."""
    await add_accounts(db, [row for row, _ in prepared])
    for row, _ in prepared:
        audit.note(db, who, "user.create", f"user:{row.id}", role=row.role, imported=True)
    return [NewAccount(id=row.id, email=row.email, password=password) for row, password in prepared]


def _person(draft: Draft, row: TableRow) -> Person | None:
    """The line as a person, or None where it is wrong."""
    wrong = len(draft.errors)
    email = _checked(draft, row, "email", _email, "email_invalid")
    name = row.cells.get("full_name", "")
    full_name = _checked(draft, row, "full_name", _name, "name_invalid") if name else ""
    if not name and "role" in row.cells:
        draft.wrong(row.line, "name_invalid", "full_name")
    group = row.cells.get("group", "")
    if group:
        group = _checked(draft, row, "group", _name, "group_invalid")
    if len(group) > 100:
        draft.wrong(row.line, "group_invalid", "group")
    role = IMPORTABLE.get(row.cells.get("role", "").casefold())
    if role is None:
        draft.wrong(row.line, "role_not_importable", "role")
    language = LANGUAGES.get(row.cells.get("language", "").casefold())
    if language is None:
        draft.wrong(row.line, "language_unknown", "language")
    if len(draft.errors) > wrong or role is None or language is None:
        return None
    return Person(row.line, email, full_name, role, language, group)


def _checked(draft: Draft, row: TableRow, column: str, rule: TypeAdapter[str], code: str) -> str:
    try:
        return rule.validate_python(row.cells.get(column, ""))
    except ValidationError:
        draft.wrong(row.line, code, column)
        return ""
