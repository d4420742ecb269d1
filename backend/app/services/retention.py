"""Pictures, documents and recordings go when their time is over; what was noted and decided stays."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import delete, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Conflict
from app.db.models import Document, Evidence, Exam, ExamSession, FilmPiece, GivenDecision, UploadedFile, User
from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.custody import Item, Kind
from app.domain.exam_sessions import OPEN
from app.domain.retention import due_at
from app.domain.shelves import Shelf
from app.domain.uploads import Purpose
from app.schemas.administration import DueExam, RetentionDone, RetentionPreview, RetentionRequest
from app.schemas.institution import InstitutionSettings
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.data_keys import destroy_keys
from app.services.evidence_sweep import remove_evidence
from app.services.institution import institution
from app.storage import EvidenceStore

log = structlog.get_logger(__name__)
AT_ONCE = 5000
"""Pieces deleted in one run: its transaction must end soon."""
EVERY_SECONDS = 3600.0
Piece = TypeVar("Piece", Evidence, Document, UploadedFile)
RECORDED = UploadedFile.purpose == Purpose.SESSION_RECORDING


@dataclass(slots=True)
class Due:
    """What of one sitting is due: ids, and how many bytes."""

    exam_session_id: int
    exam_id: int
    title: str
    since: datetime
    pictures: list[int] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    recordings: list[int] = field(default_factory=list)
    movements: int = 0
    """1 where it is kept how the camera's picture moved."""
    bytes: int = 0

    @property
    def count(self) -> int:
        """How many pieces."""
        return len(self.pictures) + len(self.documents) + len(self.recordings) + self.movements


async def preview(db: AsyncSession) -> RetentionPreview:
    """What a run would delete now."""
    house, at = await institution(db), now()
    exams: dict[int, DueExam] = {}
    for due in await _due(db, house, at):
        one = exams.setdefault(
            due.exam_id,
            DueExam(
                exam_id=due.exam_id, title=due.title, exam_sessions=0, pictures=0, documents=0, recordings=0,
                movements=0, bytes=0, due_since=due.since,
            ),
        )  # fmt: skip
        one.exam_sessions += 1
        one.pictures += len(due.pictures)
        one.documents += len(due.documents)
        one.recordings += len(due.recordings)
        one.movements += due.movements
        one.bytes += due.bytes
        one.due_since = min(one.due_since, due.since)
    found = list(exams.values())
    return RetentionPreview(
        at=at,
        evidence_days=house.evidence_days,
        evidence_days_unreleased=house.evidence_days_unreleased,
        exams=found,
        pictures=sum(one.pictures for one in found),
        documents=sum(one.documents for one in found),
        recordings=sum(one.recordings for one in found),
        movements=sum(one.movements for one in found),
        bytes=sum(one.bytes for one in found),
    )


async def run(
    db: AsyncSession, who: User | None, expected: RetentionRequest | None = None
) -> tuple[RetentionDone, list[str]]:
    """Delete the rows of what is due, at most AT_ONCE; returns what was done and the names of the files.

    The files go once this is committed. Conflict `retention_changed` where what is due is not what was `expected`.
    """
    due = await _due(db, await institution(db), now())
    whole = _sum(due)
    if expected is not None and not _as_expected(whole, expected):
        raise Conflict("retention_changed", pictures=whole.pictures, documents=whole.documents)
    taken, names = list[Due](), list[str]()
    for one in due:
        if len(names) >= AT_ONCE or len(taken) >= AT_ONCE:
            break
        await _forget(db, one)
        names += await _delete(db, Evidence, one.pictures)
        names += await _delete(db, Document, one.documents)
        names += await _delete(db, UploadedFile, one.recordings)
        taken.append(one)
    done = _sum(taken, left=sum(one.count for one in due[len(taken) :]))
    if taken:
        note(db, who, "retention.run", "installation", **done.model_dump())
    return done, names


async def _forget(db: AsyncSession, due: Due) -> None:
    """The key of the sitting's pictures is destroyed, and its chain says what it no longer vouches for."""
    held = await hold(db, due.exam_session_id)
    gone = ((Kind.EVIDENCE, due.pictures), (Kind.DOCUMENT, due.documents), (Kind.FILE, due.recordings))
    removed = [Item(Kind.REMOVED, f"{kind}:{one}", None) for kind, ids in gone for one in ids]
    await note_down(db, held, *removed)
    await destroy_keys(db, [held.id], Shelf.PICTURES)
    await db.execute(delete(FilmPiece).where(FilmPiece.exam_session_id == held.id))


def _sum(due: Sequence[Due], *, left: int = 0) -> RetentionDone:
    return RetentionDone(
        pictures=sum(len(one.pictures) for one in due),
        documents=sum(len(one.documents) for one in due),
        recordings=sum(len(one.recordings) for one in due),
        movements=sum(one.movements for one in due),
        bytes=sum(one.bytes for one in due),
        left=left,
    )


def _as_expected(whole: RetentionDone, expected: RetentionRequest) -> bool:
    recordings = whole.recordings if expected.recordings is None else expected.recordings
    movements = whole.movements if expected.movements is None else expected.movements
    seen = (expected.pictures, expected.documents, recordings, movements)
    return seen == (whole.pictures, whole.documents, whole.recordings, whole.movements)


async def keep_running(sessions: Sessions, store: EvidenceStore) -> None:
    """Until cancelled: every hour, where the administrator has said that it shall run by itself."""
    while True:
        with forgiving("retention.retry"):
            while await _run_by_itself(sessions, store):
                log.info("retention.goes_on")
        await asyncio.sleep(EVERY_SECONDS)


async def _run_by_itself(sessions: Sessions, store: EvidenceStore) -> bool:
    """Whether there is more to do."""
    async with unit_of_work(sessions) as db:
        if not (await institution(db)).retention_automatic:
            return False
        done, names = await run(db, None)
    await remove_evidence(store, names)
    return done.left > 0


async def _due(db: AsyncSession, house: InstitutionSettings, at: datetime) -> list[Due]:
    """Sittings whose pictures are due, the longest due first."""
    decided = select(func.max(GivenDecision.created_at)).where(GivenDecision.exam_session_id == ExamSession.id)
    recorded = select(UploadedFile.exam_session_id).where(RECORDED)
    moved = select(FilmPiece.exam_session_id)
    kept: Any = union(select(Evidence.exam_session_id), select(Document.exam_session_id), recorded, moved)
    rows = await db.execute(
        select(
            ExamSession.id, Exam.id, Exam.title, func.greatest(Exam.end_time, ExamSession.end_time),
            Exam.results_released_at, Exam.show_results_immediately, decided.scalar_subquery(),
        )
        .join(ExamSession.exam)
        .where(ExamSession.id.in_(kept), ExamSession.state.not_in(OPEN), Exam.end_time < at)
    )  # fmt: skip
    due: dict[int, Due] = {}
    for sitting_id, exam_id, title, ended, released, at_once, decided_at in rows:
        since = due_at(
            exam_ends=ended,
            released_at=ended if released is None and at_once else released,
            decided_at=decided_at,
            days=house.evidence_days,
            days_unreleased=house.evidence_days_unreleased,
        )
        if since <= at:
            due[sitting_id] = Due(sitting_id, exam_id, title, since)
    await _add_pieces(db, due)
    return sorted(due.values(), key=lambda one: one.since)


async def _add_pieces(db: AsyncSession, due: dict[int, Due]) -> None:
    for model, name in ((Evidence, "pictures"), (Document, "documents"), (UploadedFile, "recordings")):
        columns: Any = select(model.id, model.exam_session_id, model.size).where(model.exam_session_id.in_(due))
        columns = columns.where(RECORDED) if model is UploadedFile else columns
        for row_id, exam_session_id, size in await db.execute(columns):
            one = due[exam_session_id]
            getattr(one, name).append(row_id)
            one.bytes += size
    sizes = select(FilmPiece.exam_session_id, func.sum(func.length(FilmPiece.sealed)))
    sizes = sizes.where(FilmPiece.exam_session_id.in_(due)).group_by(FilmPiece.exam_session_id)
    for exam_session_id, size in await db.execute(sizes):
        due[exam_session_id].movements = 1
        due[exam_session_id].bytes += size


async def _delete(db: AsyncSession, model: type[Piece], ids: Sequence[int]) -> list[str]:
    """Delete rows; the names of their files."""
    if not ids:
        return []
    return list(await db.scalars(delete(model).where(model.id.in_(ids)).returning(model.path)))
