"""The outage ledger: stretches in which a student could not be heard, what caused them, and time given back.

The sitting's row is locked before its outages are touched, so that no minute is given back twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.db.models import ExamSession, Outage, ServerPause, User
from app.db.session import announce
from app.domain.custody import Kind
from app.domain.exam_sessions import OPEN, SessionState
from app.domain.outages import JUST_BEFORE, SHORTEST, Cause, Pause, cause_of, credit
from app.schemas.exam_sessions import OutageRead
from app.schemas.realtime import exam_session_topic, exam_topic
from app.schemas.sitting_messages import OutageTold
from app.services.access import access_exam_session
from app.services.custody import hold, note_down
from app.services.custody_items import item_of


async def open_outage(db: AsyncSession, exam_session_id: int, started_at: datetime) -> None:
    """From here on nobody is heard; the caller holds the sitting's row. One that is open already goes on."""
    row = {"exam_session_id": exam_session_id, "started_at": started_at, "cause": Cause.LINK}
    await db.execute(insert(Outage).values(**row, paused_seconds=0.0, credited_seconds=0.0).on_conflict_do_nothing())


async def is_away(db: AsyncSession, exam_session_id: int) -> bool:
    """Whether an outage goes on."""
    return await _open_one(db, exam_session_id) is not None


async def end_outage(
    db: AsyncSession,
    exam_session_id: int,
    at: datetime,
    pauses: Iterable[Pause],
    *,
    silent_since: datetime | None,
    shortest: timedelta = SHORTEST,
) -> OutageTold | None:
    """The student is heard again; without an open outage, `silent_since` says since when nothing came.

    A gap below `shortest` is none.

    Returns what there is to tell; announced to the student and the exam's teachers after the commit.
    """
    taken = await _locked(db, exam_session_id)
    if taken is None or taken.state not in OPEN or taken.begun_at is None:
        return None
    outage = await _open_one(db, exam_session_id)
    if outage is None and silent_since is not None:
        outage = Outage(exam_session_id=exam_session_id, started_at=max(silent_since, taken.begun_at))
        outage.paused_seconds = outage.credited_seconds = 0.0
        db.add(outage)
    if outage is None:
        return None
    if taken.paused_at is not None:
        outage.paused_seconds += _overlap(taken.paused_at, at, outage.started_at)
    if not _close(outage, taken, at, pauses, shortest):
        await _drop(db, outage)
        return None
    given = _give_back(taken, outage, at)
    await db.flush()
    await note_down(db, await hold(db, taken.id), item_of(Kind.OUTAGE, outage))
    return _tell(db, taken, outage, at, given)


async def settle_outage(db: AsyncSession, exam_session_id: int, at: datetime, pauses: Iterable[Pause]) -> None:
    """The sitting has ended while its student was away: the outage ends with it. The caller holds the row."""
    outage = await _open_one(db, exam_session_id)
    if outage is None:
        return
    taken = await db.get_one(ExamSession, exam_session_id, populate_existing=True)
    if not _close(outage, taken, max(at, outage.started_at), pauses, SHORTEST):
        await _drop(db, outage)
        return
    await db.flush()
    await note_down(db, await hold(db, taken.id), item_of(Kind.OUTAGE, outage))


async def stretch(db: AsyncSession, taken: ExamSession, at: datetime) -> bool:
    """The time is up while the student is away: what may be given back is given now. Whether there was any."""
    outage = await _open_one(db, taken.id)
    return outage is not None and _give_back(taken, outage, at) > 0 and taken.ends_at > at


async def pause_passed(db: AsyncSession, exam_session_id: int, since: datetime, until: datetime) -> None:
    """A pause is over: what of it fell into an outage that goes on is not given back a second time."""
    outage = await _open_one(db, exam_session_id)
    if outage is not None:
        outage.paused_seconds += _overlap(since, until, outage.started_at)


async def mark_away(db: AsyncSession, since: datetime) -> None:
    """The server was down: everybody who sat an exam has been away since then, unless they were before."""
    known = exists().where(Outage.exam_session_id == ExamSession.id, Outage.ended_at.is_(None))
    rows = await db.scalars(
        select(ExamSession)
        .where(ExamSession.state.in_((SessionState.ACTIVE, SessionState.PAUSED)), ~known)
        .with_for_update(skip_locked=True)
    )
    for taken in rows:
        await open_outage(db, taken.id, max(since, taken.begun_at or since))


async def outages_of(db: AsyncSession, who: User, exam_session_id: int) -> list[OutageRead]:
    """All of a sitting, oldest first, for its student and the exam's staff."""
    taken = await access_exam_session(db, who, exam_session_id)
    query = select(Outage).where(Outage.exam_session_id == taken.id).order_by(Outage.started_at, Outage.id)
    rows = list(await db.scalars(query))
    pauses = await _pauses_around(db, [row for row in rows if row.ended_at is None])
    at = now()
    return [
        OutageRead(
            started_at=row.started_at,
            ended_at=row.ended_at,
            seconds=round(((row.ended_at or max(at, row.started_at)) - row.started_at).total_seconds(), 1),
            cause=Cause(row.cause) if row.ended_at else cause_of(row.started_at, pauses),
            credited_seconds=round(row.credited_seconds, 1),
        )
        for row in rows
    ]


def _tell(db: AsyncSession, taken: ExamSession, outage: Outage, at: datetime, given: float) -> OutageTold:
    """To the student and the exam's teachers, after the commit."""
    told = OutageTold(
        session_id=taken.id,
        started_at=outage.started_at,
        ended_at=at,
        cause=Cause(outage.cause),
        credited_seconds=round(given, 1),
        total_seconds=round(taken.outage_seconds, 1),
        ends_at=taken.ends_at,
    )
    announce(db, exam_session_topic(taken.id), told)
    announce(db, exam_topic(taken.exam_id), told)
    return told


async def _locked(db: AsyncSession, exam_session_id: int) -> ExamSession | None:
    found: ExamSession | None = await db.scalar(
        select(ExamSession)
        .options(joinedload(ExamSession.exam))
        .where(ExamSession.id == exam_session_id)
        .with_for_update(of=ExamSession)
        .execution_options(populate_existing=True)
    )
    return found


async def _open_one(db: AsyncSession, exam_session_id: int) -> Outage | None:
    found: Outage | None = await db.scalar(
        select(Outage).where(Outage.exam_session_id == exam_session_id, Outage.ended_at.is_(None))
    )
    return found


async def _drop(db: AsyncSession, outage: Outage) -> None:
    if outage in db.new:
        db.expunge(outage)
    else:
        await db.delete(outage)
    await db.flush()


def _close(outage: Outage, taken: ExamSession, at: datetime, pauses: Iterable[Pause], shortest: timedelta) -> bool:
    """Write the end down; False where the gap is too short to be one."""
    if at - outage.started_at < shortest:
        return False
    outage.ended_at = at
    outage.cause = cause_of(outage.started_at, pauses)
    taken.outage_seconds += (at - outage.started_at).total_seconds()
    return True


def _give_back(taken: ExamSession, outage: Outage, at: datetime) -> float:
    """Move the deadline by the time lost, as far as the exam's budget reaches; returns the outage's whole credit."""
    lost = (at - outage.started_at).total_seconds() - outage.paused_seconds
    budget = 60.0 * taken.exam.time_credit_minutes - (taken.credited_seconds - outage.credited_seconds)
    given = max(outage.credited_seconds, credit(lost, budget_left=budget))
    more = given - outage.credited_seconds
    outage.credited_seconds = given
    taken.credited_seconds += more
    taken.ends_at += timedelta(seconds=more)
    return given


def _overlap(since: datetime, until: datetime, started_at: datetime) -> float:
    return max(0.0, (until - max(since, started_at)).total_seconds())


async def _pauses_around(db: AsyncSession, outages: Sequence[Outage]) -> list[Pause]:
    if not outages:
        return []
    earliest = min(outage.started_at for outage in outages) - JUST_BEFORE
    rows = await db.scalars(select(ServerPause).where(ServerPause.ended_at >= earliest))
    return [Pause(row.started_at, row.ended_at) for row in rows]
