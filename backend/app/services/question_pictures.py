"""Pictures in questions: `![alt](file:ID)`; who may look at one, and who may put it into a question."""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Invalid, Missing
from app.db.models import Exam, ExamSession, Paper, Question, UploadedFile, User
from app.domain.roles import Role
from app.domain.uploads import Purpose
from app.schemas.questions import QuestionWrite, plain
from app.services.access import staffed_exams
from app.services.files import checked, keep_file
from app.storage import EvidenceStore

NAMED = re.compile(r"\]\(file:(\d{1,10})\)")
MOST = 2000
"""Sittings of one student that are looked through for a picture."""


async def keep_picture(db: AsyncSession, who: User, store: EvidenceStore, name: str, body: bytes) -> UploadedFile:
    """Keep a picture for questions; the same one again is the one that is there. Errors as `keep_file`."""
    known = await same_picture(db, who, body)
    return known or await keep_file(db, who, store, Purpose.QUESTION_PICTURE, name=name, body=body)


async def same_picture(db: AsyncSession, who: User, body: bytes) -> UploadedFile | None:
    """The picture that somebody has kept already. Errors as `keep_file`."""
    _, content = await asyncio.to_thread(checked, Purpose.QUESTION_PICTURE, body)
    query = select(UploadedFile).where(
        UploadedFile.purpose == Purpose.QUESTION_PICTURE,
        UploadedFile.owner_id == who.id,
        UploadedFile.sha256 == hashlib.sha256(content).hexdigest(),
    )
    found: UploadedFile | None = await db.scalar(query.order_by(UploadedFile.id).limit(1))
    return found


async def access_picture(db: AsyncSession, who: User, file_id: int) -> UploadedFile:
    """A picture for its owner, for those who run an exam that shows it, and for students on whose paper it is."""
    found = await db.get(UploadedFile, file_id)
    if found is None or found.purpose != Purpose.QUESTION_PICTURE:
        raise Missing
    if who.role == Role.STUDENT:
        allowed = await _is_on_paper(db, who, file_id)
    else:
        allowed = file_id in await _known(db, who, {file_id})
    if not allowed:
        raise Missing
    return found


async def check_pictures(db: AsyncSession, who: User, contents: Iterable[QuestionWrite]) -> None:
    """Invalid `picture_unknown` where a question names a picture that is not there or not for `who`.

    Whoever could name any picture could show it to themselves.
    """
    wanted: set[int] = set()
    for one in contents:
        wanted |= pictures_in(plain(one))
    unknown = wanted - await _known(db, who, wanted)
    if unknown:
        raise Invalid("picture_unknown", id=min(unknown))


def pictures_in(content: Mapping[str, Any]) -> set[int]:
    """The pictures that a question's texts name."""
    return {int(found) for found in NAMED.findall(json.dumps(content, ensure_ascii=False))}


async def rows_of(db: AsyncSession, who: User, ids: set[int]) -> Sequence[UploadedFile]:
    """Those of the pictures that `who` may put into questions."""
    known = await _known(db, who, ids)
    query = select(UploadedFile).where(UploadedFile.id.in_(known)).order_by(UploadedFile.id)
    return (await db.scalars(query)).all()


async def _known(db: AsyncSession, who: User, ids: set[int]) -> set[int]:
    """Those somebody made, or that are in a question of an exam they run."""
    if not ids:
        return set()
    query = select(UploadedFile.id, UploadedFile.owner_id).where(
        UploadedFile.id.in_(ids), UploadedFile.purpose == Purpose.QUESTION_PICTURE
    )
    known: set[int] = set()
    for row in await db.execute(query):
        if who.role == Role.ADMIN or row.owner_id == who.id:
            known.add(row.id)
        else:
            mine = staffed_exams(who).with_only_columns(Exam.id)
            shown = select(Question.id).where(Question.exam_id.in_(mine), _shows(row.id)).limit(1)
            if await db.scalar(shown) is not None:
                known.add(row.id)
    return known


def _shows(file_id: int) -> Any:
    """In what the student sees before the end; the explanation comes after the release."""
    name = f"(file:{file_id})"
    return or_(*(cast(column, Text).contains(name) for column in (Question.text, Question.body)))


async def _is_on_paper(db: AsyncSession, who: User, file_id: int) -> bool:
    """On one of the student's papers; in an explanation only where the results are released."""
    papers = (
        select(Paper.parts, Exam.results_released_at)
        .join(ExamSession, ExamSession.id == Paper.exam_session_id)
        .join(Exam, Exam.id == ExamSession.exam_id)
        .where(ExamSession.student_id == who.id)
        .order_by(ExamSession.id.desc())
        .limit(MOST)
    )
    drawn: set[int] = set()
    released: set[int] = set()
    for parts, at in await db.execute(papers):
        ids = {one["id"] for part in parts for one in part["questions"]}
        drawn |= ids
        if at is not None:
            released |= ids
    explained = cast(Question.explanation, Text).contains(f"(file:{file_id})")
    query = select(Question.id).where(
        or_(Question.id.in_(drawn) & _shows(file_id), Question.id.in_(released) & explained)
    )
    return await db.scalar(query.limit(1)) is not None
