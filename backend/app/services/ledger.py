"""What was noted in one exam session and what it costs; stored in one transaction before anybody is told."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from app.core.clock import now
from app.db.models import ExamSession
from app.db.rows import table_of
from app.db.session import Sessions, announce, is_passing, unit_of_work
from app.domain.custody import Item, Kind
from app.domain.exam_sessions import OPEN
from app.domain.films import FilmStretch
from app.domain.incidents import Change
from app.domain.outages import Pause
from app.domain.trust import Episode, trust_score, without
from app.domain.violations import RULES, Severity, ViolationKind
from app.schemas.realtime import ViolationChanged, exam_session_topic, exam_topic
from app.schemas.sitting_messages import DeskChanged
from app.services.client_messages import StoredMessage, record_messages
from app.services.conversation import take_words
from app.services.custody import Tail
from app.services.custody_items import final_items, item_of
from app.services.evidence import KeptPicture, record_evidence
from app.services.exam_sessions import SittingChanged
from app.services.face_templates import forget_template
from app.services.film_lane import record_film
from app.services.flags import TOO_MANY_TAB_SWITCHES, mark_flagged
from app.services.news import tell_of_grave_violation
from app.services.outages import open_outage, settle_outage
from app.services.progress import NOTHING, progress_of
from app.services.sitting import Sitting
from app.services.sound_lane import Pieces, record_sound
from app.services.standing import Standing, scores, standing_of, write_scores
from app.services.violations import Noted, change_out, evidence_out, record_violation

log = structlog.get_logger(__name__)
STORES = Histogram("proctor_store_seconds", "From a change in memory to its commit, retries included.")
RETRIES = Counter("proctor_store_retries_total", "Times the database had to be asked again.")
ENDED = (ExamSession.state.not_in(OPEN), ~ExamSession.settled)
WORDS = {"opened": "violation.opened", "extended": "violation.updated", "closed": "violation.closed"}


class ExamSessionEnded(Exception):
    """The exam session has ended meanwhile; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What goes into one transaction. `state`: columns of the exam session's row beside trust and last_seq."""

    state: Mapping[str, Any]
    changes: Sequence[Change] = ()
    pictures: Mapping[int, Sequence[KeptPicture]] = field(default_factory=dict)
    messages: Sequence[StoredMessage] = ()
    settle: bool = False
    away_since: datetime | None = None
    """The student has left, or, where the exam session has ended, was last heard."""
    pauses: Sequence[Pause] = ()
    """When the server itself was away."""
    sound: Pieces = field(default_factory=dict)
    film: FilmStretch | None = None


@cache
def _writing(columns: tuple[str, ...], *, settle: bool) -> ReturningUpdate[int]:
    """The statement that writes these columns of a sitting's row; put together once, not for each message."""
    table = table_of(ExamSession)
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    where = ENDED if settle else (ExamSession.state.in_(OPEN),)
    return update(table).where(table.c.id == bindparam("of"), *where).values(values).returning(table.c.reviews)


class Ledger:
    """The violations of one exam session. What it says is what the database holds: it changes after the commit only."""

    def __init__(self, sitting: Sitting, taken: ExamSession, noted: Mapping[int, Noted], sessions: Sessions) -> None:
        self.trust = taken.trust
        self.last_seq = taken.last_seq
        self.stored = 0
        """How many entries were committed."""
        self._sitting = sitting
        self._sessions = sessions
        self._noted = dict(noted)
        self._reviews = taken.reviews
        self._progress: tuple[int, int] | None = None
        self._tail: Tail | None = None
        self._judged = {one.id: one.episode.judgement for one in noted.values() if one.episode.judgement is not None}

    @property
    def count(self) -> int:
        """How many violations there are."""
        return len(self._noted)

    def take_over(self, standing: Standing) -> None:
        """What people have decided, once that is committed: it counts from here on. What is older is left aside."""
        if standing.number <= self._reviews:
            return
        self._reviews, self._judged = standing.number, dict(standing.judgements)
        self._sitting.weights, self._sitting.thresholds = dict(standing.weights), standing.thresholds
        self.trust = self._score(self._episodes(self._noted))

    async def store(self, entry: Entry) -> None:
        """Store an entry, as often as the database needs; rows are found by their key, so that nothing is doubled.

        Whoever gives up waiting (the socket closed) is let go only when it is known how the running transaction ended:
        a commit we do not know of would make us acknowledge another message under its number.
        """
        delay = 0.1
        with STORES.time():
            while True:
                attempt = asyncio.create_task(self._attempt(entry))
                try:
                    await asyncio.shield(attempt)
                    return
                except asyncio.CancelledError:
                    await asyncio.gather(attempt, return_exceptions=True)
                    raise
                except Exception as error:
                    if not is_passing(error):
                        raise
                    RETRIES.inc()
                    log.warning("store.retry", exam_session_id=self._sitting.id, error=type(error).__name__)
                await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries, guards nothing
                delay = min(2.0, delay * 2)

    async def _attempt(self, entry: Entry) -> None:
        tail = self._tail_now()
        async with unit_of_work(self._sessions) as db:
            noted, last_seq = await self._write(db, entry, tail)
        self._tail = tail
        self._noted, self.last_seq = noted, last_seq
        self.trust = self._score(self._episodes(noted))
        self.stored += 1

    def _tail_now(self) -> Tail | None:
        """The end of the sitting's chain as last committed here; practice has no chain."""
        keys = self._sitting.keys
        if keys is None or keys.record is None:
            return None
        return self._tail.after(self._tail.head) if self._tail else Tail(self._sitting.id, keys.record)

    async def _write(self, db: AsyncSession, entry: Entry, tail: Tail | None) -> tuple[dict[int, Noted], int]:
        episodes, reviews = self._episodes(self._noted, entry.changes), self._reviews
        last_seq = entry.messages[-1].seq if entry.messages else self.last_seq
        # The exam session's row comes first in every transaction that touches it, so that two never deadlock.
        stored = await self._write_state(db, entry, self._scores(entry, episodes), last_seq=last_seq)
        if stored != reviews:  # a person has decided something meanwhile, here or beside another server process
            self.take_over(await standing_of(db, self._sitting.id))
            episodes = self._episodes(self._noted, entry.changes)
            await write_scores(db, self._sitting.id, self._scores(entry, episodes))
        chained: list[Item] = []
        if entry.messages:
            chained += await record_messages(db, self._sitting.id, entry.messages, tail=tail)
            await take_words(db, self._sitting, entry.messages)
            await self._count_answers(db, entry.messages)
        noted = dict(self._noted)
        for change in entry.changes:
            pictures = entry.pictures.get(change.key, ())
            noted[change.key] = await self._write_change(db, change, episodes[change.key], pictures, chained)
            if change.action == "opened" and RULES[change.kind].severity is Severity.CRITICAL:
                await tell_of_grave_violation(db, exam_session_id=self._sitting.id, kind=change.kind)
        await record_sound(db, self._sitting.id, entry.sound)
        if entry.film is not None and self._sitting.keys is not None:
            await record_film(db, self._sitting.id, entry.film, self._sitting.keys.pictures)
        await self._write_attendance(db, entry)
        await self._chain(db, tail, chained, settle=entry.settle)
        if entry.changes:
            await self._flag(db, entry.changes, episodes)
            trust, each = self._score(episodes), without(list(episodes.values()), self._sitting.weights)
            by_id = {noted[key].id: round(score, 2) for key, score in zip(episodes, each, strict=True)}
            for change in entry.changes:
                self._announce(db, change, noted[change.key], trust, by_id)
        if entry.settle:
            announce(db, exam_topic(self._sitting.exam_id), SittingChanged(self._sitting.id))
        return noted, last_seq

    async def _count_answers(self, db: AsyncSession, messages: Sequence[StoredMessage]) -> None:
        """Tell the teachers how far the student is, if that has changed."""
        if all(message.type != "answer" for message in messages):
            return
        key = self._sitting.id
        progress = (await progress_of(db, [key])).get(key, NOTHING)
        if progress != self._progress:
            self._progress = progress
            changes = {"answered": progress[0], "total": progress[1]}
            announce(db, exam_session_topic(key), DeskChanged(changes=changes))

    async def _write_attendance(self, db: AsyncSession, entry: Entry) -> None:
        if entry.settle:
            await settle_outage(db, self._sitting.id, self._sitting.ended_at or now(), entry.pauses)
            await forget_template(db, self._sitting.id)
        elif entry.away_since is not None:
            await open_outage(db, self._sitting.id, entry.away_since)

    async def _chain(self, db: AsyncSession, tail: Tail | None, chained: list[Item], *, settle: bool) -> None:
        """Into the chain of custody, in the same transaction; practice has none."""
        if tail is None:
            return
        if settle:
            chained += await final_items(db, self._sitting.id)
        if chained:
            await tail.append(db, chained)

    async def _flag(self, db: AsyncSession, changes: Sequence[Change], episodes: Mapping[int, Episode]) -> None:
        """More tab switches than the exam allows: a person should look."""
        most = self._sitting.max_tab_switches
        if most is None or all(change.kind != ViolationKind.TAB_SWITCH for change in changes):
            return
        if sum(one.count for one in episodes.values() if one.kind == ViolationKind.TAB_SWITCH) > most:
            await mark_flagged(db, self._sitting.id, self._sitting.exam_id, TOO_MANY_TAB_SWITCHES)

    def _episodes(self, noted: Mapping[int, Noted], changes: Sequence[Change] = ()) -> dict[int, Episode]:
        """What counts for trust, by number of the incident, once `changes` have happened."""
        episodes = {key: one.episode for key, one in noted.items()}
        episodes |= {c.key: Episode(c.kind, c.confidence, c.seconds, c.count) for c in changes}
        for key, one in noted.items():
            episodes[key] = replace(episodes[key], judgement=self._judged.get(one.id))
        return episodes

    def _score(self, episodes: Mapping[int, Episode]) -> float:
        return trust_score(list(episodes.values()), self._sitting.weights)

    def _scores(self, entry: Entry, episodes: Mapping[int, Episode]) -> dict[str, float]:
        """For the row; the place in the review queue is of interest from the end on."""
        if not entry.settle:
            return {"trust": self._score(episodes)}
        return scores(list(episodes.values()), self._sitting.weights, self._sitting.thresholds)

    async def _write_state(self, db: AsyncSession, entry: Entry, found: Mapping[str, float], *, last_seq: int) -> int:
        """Returns how often people had changed what counts when the row was ours."""
        # What came late, after the end, has moved last_seq on without us.
        heard = {} if entry.settle else {"last_seq": last_seq}
        columns = {**heard, "settled": entry.settle, "unsealed": entry.settle, **found, **entry.state}
        given = {f"new_{name}": value for name, value in columns.items()}
        stored = await db.execute(_writing(tuple(columns), settle=entry.settle), {"of": self._sitting.id, **given})
        reviews = stored.scalar_one_or_none()
        if reviews is None:
            raise ExamSessionEnded
        return reviews

    async def _write_change(
        self, db: AsyncSession, change: Change, episode: Episode, pictures: Sequence[KeptPicture], chained: list[Item]
    ) -> Noted:
        sitting = self._sitting
        stored = await record_violation(db, exam_session_id=sitting.id, began=sitting.began, change=change)
        chained.append(item_of(Kind.VIOLATION, stored))
        known = self._noted.get(change.key)
        evidence = known.evidence if known else ()
        for picture in pictures:
            row = await record_evidence(db, exam_session_id=sitting.id, violation_id=stored.id, picture=picture)
            if row is not None:
                evidence = (*evidence, evidence_out(row))
                chained.append(item_of(Kind.EVIDENCE, row))
        return Noted(stored.id, episode, tuple(sorted(evidence, key=lambda one: (one.captured_at, one.id))))

    def _announce(
        self, db: AsyncSession, change: Change, noted: Noted, trust: float, without_each: Mapping[int, float]
    ) -> None:
        sitting = self._sitting
        message = ViolationChanged.model_validate(
            {
                "type": WORDS[change.action],
                "session_id": sitting.id,
                "violation": change_out(sitting.id, sitting.began, change, noted, without_each[noted.id]),
                "trust": round(trust, 2),
                "band": sitting.band_of(trust),
                "without": without_each,
            }
        )
        announce(db, exam_topic(sitting.exam_id), message)
        announce(db, exam_session_topic(sitting.id), message)
