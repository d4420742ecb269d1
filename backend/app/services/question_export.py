"""Questions as a file, in any of the formats; what a format cannot carry is said before, not lost on the way."""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, ProctorError
from app.db.models import Question, User
from app.schemas.questions import SectionWrite, plain
from app.services import audit
from app.services.access import access_exam_as_staff
from app.services.files import read_file
from app.services.question_formats import FORMATS, Content, QuestionFormat, Sheet
from app.services.question_pictures import pictures_in, rows_of
from app.services.questions import questions_of, sections_of
from app.storage import EvidenceStore

NAMED = re.compile(r"\(file:(\d{1,10})\)")
EMBEDDING = frozenset({QuestionFormat.JSON, QuestionFormat.MOODLE_XML, QuestionFormat.QTI})
"""Formats whose files hold the pictures themselves; the others name them as this installation does."""
COPIED = (
    "type",
    "text",
    "points",
    "negative_points",
    "seconds",
    "tags",
    "explanation",
    "body",
    "key",
    "rubric",
)
"""What makes a question, without its place."""


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file to download."""

    name: str
    media_type: str
    body: bytes


async def export_questions(
    db: AsyncSession, who: User, exam_id: int, wanted: QuestionFormat, store: EvidenceStore, *, leave_out: bool
) -> QuestionFile:
    """All questions of an exam. Conflict `format_cannot_carry` with their places unless they may be left out."""
    exam = await access_exam_as_staff(db, who, exam_id)
    sheet = await _sheet(db, exam.id)
    how = FORMATS[wanted]
    missing = [place for place, one in enumerate(sheet.questions, start=1) if not how.carries(one)]
    if missing and not leave_out:
        shown = ", ".join(str(place) for place in missing[:20]) + (" …" if len(missing) > 20 else "")
        raise Conflict("format_cannot_carry", count=len(missing), places=shown)
    questions = [one for place, one in enumerate(sheet.questions, start=1) if place not in set(missing)]
    if wanted in EMBEDDING:
        sheet = await _with_pictures(db, who, Sheet(questions, sheet.sections), store)
    else:
        sheet = Sheet(questions, sheet.sections)
    audit.note(db, who, "question.export", f"exam:{exam.id}", format=wanted, questions=len(questions))
    body = await asyncio.to_thread(how.write, sheet)
    return QuestionFile(f"{exam.title}.{how.ending}", how.media_type, body)


def content_of(row: Question) -> Content:
    """A question as `QuestionWrite` takes it."""
    return {name: getattr(row, name) for name in COPIED} | {"type": str(row.type)}


async def _sheet(db: AsyncSession, exam_id: int) -> Sheet:
    """Questions with the sections that they are in, named s1, s2 …"""
    rows = await questions_of(db, exam_id)
    used = {row.section_id for row in rows}
    keys: dict[int | None, str] = {}
    sections: dict[str, Content] = {}
    for row in await sections_of(db, exam_id):
        if row.id in used:
            place = len(sections)
            keys[row.id] = f"s{place + 1}"
            sections[keys[row.id]] = _section(row) | {"position": place}
    return Sheet([content_of(row) | {"section": keys.get(row.section_id)} for row in rows], sections)


def _section(row: Any) -> Content:
    wanted = SectionWrite(
        title=row.title, instructions=row.instructions, pool=row.pool, seconds=row.seconds, navigation=row.navigation
    )
    return plain(wanted)


async def _with_pictures(db: AsyncSession, who: User, sheet: Sheet, store: EvidenceStore) -> Sheet:
    """Texts that name pictures by what they are, and the pictures."""
    wanted: set[int] = set()
    for one in sheet.questions:
        wanted |= pictures_in(one)
    names: dict[int, str] = {}
    pictures: dict[str, bytes] = {}
    for row in await rows_of(db, who, wanted):
        try:
            pictures[row.sha256] = await read_file(db, row, store)
        except ProctorError:  # gone from the store; its name in the text stays
            continue
        names[row.id] = row.sha256

    def renamed(found: re.Match[str]) -> str:
        name = names.get(int(found[1]))
        return f"(picture:{name})" if name else found[0]

    questions = [json.loads(NAMED.sub(renamed, json.dumps(one, ensure_ascii=False))) for one in sheet.questions]
    return Sheet(questions, sheet.sections, pictures)
