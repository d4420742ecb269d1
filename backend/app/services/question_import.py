"""Questions from a file: all of it is read and checked first, then all of it is stored, or nothing."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Invalid, ProctorError
from app.db.models import Exam, Question, Section, User
from app.db.session import Sessions, unit_of_work
from app.domain.graphemes import cut
from app.schemas.question_files import QuestionImportError, QuestionImportOptions, QuestionImportReport
from app.schemas.questions import MOST_QUESTIONS, QuestionWrite, SectionWrite, plain
from app.services import audit
from app.services.access import access_exam_as_staff
from app.services.question_formats import Draft, Parsed, Problem, QuestionFormat, read
from app.services.question_pictures import check_pictures, keep_picture, same_picture
from app.services.questions import sections_of, write, write_section
from app.storage import EvidenceStore

LARGEST = 32 * 1024 * 1024
MOST_ERRORS = 200
EXCERPT = 80
PICTURE = re.compile(r"\(picture:([0-9a-f]{64})\)")
SOME_PICTURE = re.compile(r"\((picture|file):")
ELSEWHERE = ("id", "exam_id", "section_id", "position", "updated_at")
"""Fields of a question that mean nothing in another exam."""


class ImportRefused(Invalid):
    """Something is wrong with the file, and therefore nothing was stored."""

    code = "question_import_refused"

    def __init__(self, report: QuestionImportReport) -> None:
        super().__init__(count=len(report.errors))
        self.report = report.model_dump()


@dataclass(frozen=True, slots=True)
class Checked:
    """A question that may be stored. `section`: a key of the file's sections."""

    line: int
    wanted: QuestionWrite
    section: str | None


@dataclass(slots=True)
class Reading:
    """What a file holds once every question is checked."""

    format: str
    found: int = 0
    questions: list[Checked] = field(default_factory=list)
    sections: dict[str, SectionWrite] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    errors: list[QuestionImportError] = field(default_factory=list)

    def report(self, *, dry_run: bool, imported: int) -> QuestionImportReport:
        """What it comes to."""
        return QuestionImportReport(
            format=self.format,
            dry_run=dry_run,
            found=self.found,
            imported=0 if self.errors else imported,
            skipped_doubles=0 if self.errors else self.found - imported,
            errors=sorted(self.errors, key=lambda one: one.line)[:MOST_ERRORS],
        )


async def import_questions(
    sessions: Sessions, who: User, exam_id: int, body: bytes, options: QuestionImportOptions, store: EvidenceStore
) -> QuestionImportReport:
    """Store the questions of a file behind those of the exam; what is there already is skipped.

    ImportRefused, also for a dry run's real counterpart; Conflict `too_many_questions`. Opens its own unit of work: no
    connection waits while a file is read.
    """
    reading = await asyncio.to_thread(read_file, body, options.format)
    async with unit_of_work(sessions) as db:
        exam = await access_exam_as_staff(db, who, exam_id, lock=True)
        if not reading.errors:
            await _put_pictures_in(db, who, reading, None if options.dry_run else store)
        new = await _without_doubles(db, exam, reading.questions)
        report = reading.report(dry_run=options.dry_run, imported=len(new))
        if options.dry_run:
            return report
        if reading.errors:
            raise ImportRefused(report)
        await _store(db, who, exam, reading, new)
        audit.note(
            db, who, "question.import", f"exam:{exam.id}", format=reading.format, found=reading.found, imported=len(new)
        )
    return report


def read_file(body: bytes, wanted: str) -> Reading:
    """Everything in a file, each question checked as if it had been sent alone. Pure; takes processor time."""
    found, parsed = read(body, None if wanted == "auto" else QuestionFormat(wanted))
    reading = Reading(found.value if found else wanted, found=len(parsed.drafts) + len(parsed.problems))
    reading.pictures = parsed.pictures
    for problem in parsed.problems:
        reading.errors.append(_error(problem, ""))
    for key, section in parsed.sections.items():
        try:
            reading.sections[key] = SectionWrite.model_validate(section)
        except ValidationError:
            reading.errors.append(_error(Problem(1, "section_invalid", {"name": cut(key, EXCERPT)}), ""))
    for draft in parsed.drafts:
        _check(reading, draft, parsed)
    return reading


def _check(reading: Reading, draft: Draft, parsed: Parsed) -> None:
    content = {name: value for name, value in draft.content.items() if name not in ELSEWHERE and value is not None}
    if draft.section is not None and draft.section not in parsed.sections:
        reading.errors.append(_error(Problem(draft.line, "section_unknown", {}, draft.file), excerpt(content)))
    try:
        wanted = QuestionWrite.model_validate(content)
    except ValidationError as error:
        reading.errors.append(_error(problem_of(error, draft), excerpt(content)))
        return
    missing = set(PICTURE.findall(_text(wanted))) - parsed.pictures.keys()
    if missing:
        problem = Problem(draft.line, "picture_missing", {"name": min(missing)[:12]}, draft.file)
        reading.errors.append(_error(problem, excerpt(content)))
    reading.questions.append(Checked(draft.line, wanted, draft.section))


def problem_of(error: ValidationError, draft: Draft) -> Problem:
    """The first thing that does not hold."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "question_invalid":
        params = {name: str(value) for name, value in first.get("ctx", {}).items()}
        return Problem(draft.line, params.pop("code"), params, draft.file)
    field_name = ".".join(str(part) for part in first["loc"])[:EXCERPT]
    return Problem(draft.line, "question_field_invalid", {"field": field_name, "why": first["msg"]}, draft.file)


def excerpt(content: dict[str, Any]) -> str:
    """The beginning of a question's text, so that people find it."""
    text = content.get("text")
    words = next((one for one in text.values() if isinstance(one, str) and one), "") if isinstance(text, dict) else ""
    return cut(" ".join(words.split()), EXCERPT)


def _error(problem: Problem, text: str) -> QuestionImportError:
    return QuestionImportError(
        line=problem.line, code=problem.code, params=problem.params, text=text, file=problem.file
    )


def _text(wanted: QuestionWrite) -> str:
    return json.dumps(plain(wanted), ensure_ascii=False)


async def _put_pictures_in(db: AsyncSession, who: User, reading: Reading, store: EvidenceStore | None) -> None:
    """Keep the file's pictures and let the texts name them; one that is no picture is an error of its line.

    Without a store nothing is kept: pictures that are new have no number yet.
    """
    ids: dict[str, int] = {}
    for place, one in enumerate(reading.questions):
        content = _text(one.wanted)
        if not SOME_PICTURE.search(content):
            continue
        try:
            await check_pictures(db, who, [one.wanted])
            for name in sorted(set(PICTURE.findall(content)) - ids.keys()):
                ids[name] = await _picture(db, who, reading.pictures[name], store)
        except ProctorError as error:
            params = {name: str(value) for name, value in error.params.items()}
            reading.errors.append(_error(Problem(one.line, error.code, params), excerpt(plain(one.wanted))))
            continue
        renamed = PICTURE.sub(lambda found: f"(file:{ids[found[1]]})", content)
        reading.questions[place] = Checked(one.line, QuestionWrite.model_validate_json(renamed), one.section)


async def _picture(db: AsyncSession, who: User, body: bytes, store: EvidenceStore | None) -> int:
    if store is not None:
        return (await keep_picture(db, who, store, "picture", body)).id
    known = await same_picture(db, who, body)
    return known.id if known is not None else 0


async def _without_doubles(
    db: AsyncSession, exam: Exam, questions: Sequence[Checked]
) -> list[tuple[Question, Checked]]:
    """Questions that the exam does not have, each once."""
    known = set(await db.scalars(select(Question.fingerprint).where(Question.exam_id == exam.id)))
    new: list[tuple[Question, Checked]] = []
    for one in questions:
        question = Question()
        write(question, one.wanted)
        if question.fingerprint not in known:
            known.add(question.fingerprint)
            new.append((question, one))
    return new


async def _store(
    db: AsyncSession, who: User, exam: Exam, reading: Reading, new: Sequence[tuple[Question, Checked]]
) -> None:
    mine = Question.exam_id == exam.id
    count, last = (await db.execute(select(func.count(), func.max(Question.position)).where(mine))).one()
    if count + len(new) > MOST_QUESTIONS:
        raise Conflict("too_many_questions", most=MOST_QUESTIONS)
    sections = await _sections(db, exam, reading, {one.section for _, one in new if one.section is not None})
    begin = 0 if last is None else last + 1
    for place, (question, one) in enumerate(new):
        question.exam_id, question.owner_id, question.position = exam.id, who.id, begin + place
        question.section_id = sections[one.section] if one.section is not None else None
        db.add(question)
    await db.flush()


async def _sections(db: AsyncSession, exam: Exam, reading: Reading, used: set[str]) -> dict[str, int]:
    """The file's sections: those of the same title that are there, else new ones, in the file's order."""
    there = list(await sections_of(db, exam.id))
    last = max((one.position for one in there), default=-1)
    ids: dict[str, int] = {}
    in_order = sorted((key for key in reading.sections if key in used), key=lambda key: _place(reading, key))
    for key in in_order:
        wanted = reading.sections[key]
        section = next((one for one in there if _same(one.title, plain(wanted.title))), None)
        if section is None:
            last += 1
            section = Section(exam_id=exam.id)
            write_section(section, wanted)
            section.position = last
            db.add(section)
            await db.flush()
        else:
            there.remove(section)
        ids[key] = section.id
    return ids


def _place(reading: Reading, key: str) -> int:
    position = reading.sections[key].position
    return list(reading.sections).index(key) if position is None else position


def _same(one: dict[str, str], other: dict[str, str]) -> bool:
    return any(one.get(language) and one[language] == other.get(language) for language in ("en", "bn"))
