"""After a sitting: is its film one of an earlier sitting, or sent twice? Looked for in a process apart.

What is found is noted as repeated video; a person decides.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, exists, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import monotonic
from app.db.models import ExamSession, FilmPiece
from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.custody import Kind
from app.domain.films import FILM, SLOT, SameFilm
from app.domain.incidents import Change
from app.domain.sources import FILM_KEY
from app.domain.violations import ViolationKind
from app.services.custody import hold, note_down
from app.services.custody_items import item_of, score_now
from app.services.exam_sessions import tell
from app.services.film_lane import film_of
from app.services.film_process import LENGTH
from app.services.news import tell_of_grave_violation
from app.services.standing import rescore, tell_of_violations, violations_of_held
from app.services.violations import record_violation

log = structlog.get_logger(__name__)
BACKEND = Path(__file__).resolve().parents[2]
EVERY_SECONDS = 5.0
OWN, OTHERS = 20, 60
"""Sittings compared with at most, the newest: the student's own, and other students' of the same exam."""
LONGEST_SECONDS = 300.0
"""For one comparison; two films of two hours take two of CPU at most, of six hours half a minute."""
AT_ONCE_SECONDS = 10.0
"""Two lines, and the clocks of two sittings, differ by less."""
DAY = timedelta(days=1)
LIMITS = {
    "alike_seconds": FILM.least * SLOT,
    "alike": FILM.alike,
    "elsewhere": FILM.elsewhere,
    "apart": FILM.apart,
}


@dataclass(frozen=True, slots=True)
class Other:
    """A sitting to compare with; `own`: of the same student."""

    exam_session_id: int
    began: datetime
    own: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A sitting that began before, or the same one, and what of its film is here."""

    other: Other
    same: SameFilm


class NotCompared(Exception):
    """The process ended, or took too long."""


async def keep_comparing(sessions: Sessions) -> None:
    """Until cancelled; never more than half of the time."""
    while True:
        with forgiving("films.retry"):
            while await compare_next(sessions) is not None:
                pass
        await asyncio.sleep(EVERY_SECONDS)


async def compare_next(sessions: Sessions) -> int | None:
    """Look at one sitting that is over; its number, or None where there is none. Twice is as good as once."""
    due = select(ExamSession.id).where(ExamSession.uncompared, ExamSession.settled).order_by(ExamSession.id).limit(1)
    async with unit_of_work(sessions) as db:
        exam_session_id: int | None = await db.scalar(due)
        if exam_session_id is None:
            return None
        film = await film_of(db, exam_session_id)
        sittings = await _sittings(db, exam_session_id)
    found: Found | None = None
    try:
        found = await _longest(sessions, film, sittings) if film and sittings else None
    except OSError as error:  # tried once: what cannot be compared must not stand in others' way
        log.error("films.not_compared", exam_session_id=exam_session_id, error=type(error).__name__)
    async with unit_of_work(sessions) as db:
        if found is not None:
            await _note(db, exam_session_id, found)
        await db.execute(update(ExamSession).where(ExamSession.id == exam_session_id).values(uncompared=False))
    return exam_session_id


async def _sittings(db: AsyncSession, exam_session_id: int) -> list[Other]:
    """Itself, and what else it is compared with: of two sittings the later one repeats."""
    columns = select(ExamSession.exam_id, ExamSession.student_id, ExamSession.start_time)
    mine = (await db.execute(columns.where(ExamSession.id == exam_session_id))).one_or_none()
    if mine is None:
        return []
    own = ExamSession.student_id == mine.student_id
    before = tuple_(ExamSession.start_time, ExamSession.id) < (mine.start_time, exam_session_id)
    kept = exists().where(FilmPiece.exam_session_id == ExamSession.id)

    async def newest(which: ColumnElement[bool], most: int, *, is_own: bool) -> list[Other]:
        query = select(ExamSession.id, ExamSession.start_time).where(which, before, kept)
        query = query.order_by(ExamSession.start_time.desc(), ExamSession.id.desc()).limit(most)
        return [Other(row.id, row.start_time, is_own) for row in await db.execute(query)]

    found = [Other(exam_session_id, mine.start_time), *await newest(own, OWN, is_own=True)]
    of_exam = (ExamSession.exam_id == mine.exam_id) & ~own
    return found + await newest(of_exam, OTHERS, is_own=False)


async def _longest(sessions: Sessions, film: bytes, sittings: list[Other]) -> Found | None:
    """Which has most of the film; the first is the sitting itself, whose track need not be sent again."""
    best: Found | None = None
    async with _process() as process:
        await _send(process, film)  # OSError where it did not even start
        for place, other in enumerate(sittings):
            async with unit_of_work(sessions) as db:
                track = await film_of(db, other.exam_session_id) if place else b""
            if place and not track:
                continue
            asked = monotonic()
            try:
                same = await _compared(process, track)
            except (NotCompared, OSError) as error:  # the process is gone; what it has found stands
                log.error("films.not_compared", exam_session_id=other.exam_session_id, error=type(error).__name__)
                break
            if same is not None and (best is None or same.seconds > best.same.seconds):
                best = best if _at_once(sittings[0], other, same) else Found(other, same)
            await asyncio.sleep(monotonic() - asked)  # as long as it worked
    return best


def _at_once(this: Other, other: Other, same: SameFilm) -> bool:
    """Whether a student has sat two exams at the same time, before one camera: that is no film."""
    began = (this.began - other.began).total_seconds()
    return other.own and this != other and abs(began + same.begins - same.then) < AT_ONCE_SECONDS


@contextlib.asynccontextmanager
async def _process() -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    module = ("-m", "app.services.film_process")
    process = await asyncio.create_subprocess_exec(sys.executable, *module, stdin=pipe, stdout=pipe, cwd=BACKEND)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _send(process: asyncio.subprocess.Process, track: bytes) -> None:
    if process.stdin is None:
        raise NotCompared
    process.stdin.write(len(track).to_bytes(LENGTH, "little") + track)
    await process.stdin.drain()


async def _compared(process: asyncio.subprocess.Process, track: bytes) -> SameFilm | None:
    """What the process says of one more track. Raises NotCompared."""
    if process.stdout is None:
        raise NotCompared
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await _send(process, track)
            answer = await process.stdout.readline()
    except TimeoutError as error:
        raise NotCompared from error
    if not answer:
        raise NotCompared
    said = json.loads(answer)
    return SameFilm(**said) if said else None


async def _note(db: AsyncSession, exam_session_id: int, found: Found) -> None:
    """One more violation of an ended sitting: score and chain follow, and the staff are told; a person decides."""
    held = await hold(db, exam_session_id)
    there = await db.scalar(select(ExamSession.id).where(ExamSession.id == found.other.exam_session_id))
    if there is None or not held.settled:  # erased meanwhile
        return
    query = select(ExamSession).options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
    query = query.where(ExamSession.id == exam_session_id).execution_options(populate_existing=True)
    taken = (await db.scalars(query)).one()
    change = _change(taken, found)
    stored = await record_violation(db, exam_session_id=taken.id, began=taken.start_time, change=change)
    violations = await violations_of_held(db, taken.id)
    rescore(db, taken, violations)
    await db.flush()
    await note_down(db, held, item_of(Kind.VIOLATION, stored), *await score_now(db, taken.id))
    await tell_of_grave_violation(db, exam_session_id=taken.id, kind=change.kind)
    await tell_of_violations(db, taken, violations, [stored.id], "violation.closed")
    tell(db, taken)


def _change(taken: ExamSession, found: Found) -> Change:
    same, other = found.same, found.other
    measured = {
        "alike_seconds": same.seconds,
        "alike": same.alike,
        "elsewhere": same.elsewhere,
        "apart": same.apart,
    }
    if other.exam_session_id == taken.id:
        measured["loop_seconds"] = same.begins - same.then
    else:
        measured["earlier_session"] = other.exam_session_id
        measured["earlier_seconds"] = same.then
        measured["days_before"] = (taken.start_time - other.began) / DAY
    return Change(
        action="closed",
        key=FILM_KEY,
        kind=ViolationKind.LOOPED_VIDEO,
        started_at=same.begins,
        ended_at=same.ends,
        confidence=round(min(1.0, max(0.6, same.alike)), 4),
        seconds=same.seconds,
        count=1,
        measured={name: round(float(value), 2) for name, value in measured.items()},
        threshold=dict(LIMITS),
    )
