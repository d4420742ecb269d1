"""Numbered messages of a student's client: understood as far as may be, kept in any case."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import ClientMessage
from app.db.rows import as_arrays, given_rows, table_of
from app.domain.browser_events import REPORTABLE, without_labels
from app.domain.custody import Head, Item
from app.schemas.realtime import BrowserEvent, Numbered
from app.schemas.sitting_messages import Chat, Hand
from app.services.answer_times import Told
from app.services.answers import record_answers, record_flags, record_openings
from app.services.custody import Tail, adding
from app.services.custody_items import message_items

TYPES = frozenset({"event", "answer", "consent", "audio", "status", "chat", "hand"})
SPOKEN: dict[str, type[Chat | Hand]] = {"chat": Chat, "hand": Hand}
TABLE = table_of(ClientMessage)
COLUMNS = tuple(TABLE.c)
LARGEST_PAYLOAD = 64 * 1024
"""Characters of JSON; an essay fits, a film does not."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A numbered message ready for its row. `event`: what counts; `spoken`: to the staff; `refused`: an error code."""

    seq: int
    type: str
    payload: dict[str, Any]
    client_time: datetime | None
    received_at: datetime
    event: BrowserEvent | None = None
    spoken: Chat | Hand | None = None
    refused: str | None = None


def understand(message: Numbered) -> StoredMessage:
    """What a message means. One that cannot be understood keeps its number, or the client could never go on."""
    payload = dict(message.model_extra or {})
    event, spoken, refused = None, None, None
    if not storable(payload) or not storable(message.type):
        payload, refused = {}, "text_not_storable"
    elif len(json.dumps(payload, ensure_ascii=False)) > LARGEST_PAYLOAD:
        payload, refused = {}, "message_too_large"
    elif message.type not in TYPES:
        refused = "unknown_type"
    elif message.type == "event":
        event, refused = _event(payload)
        payload = without_labels(payload)
    elif message.type in SPOKEN:
        spoken, refused = _spoken(message.type, payload)
    return StoredMessage(
        seq=message.seq,
        type=message.type if storable(message.type) else "unknown",
        payload=payload,
        client_time=_client_time(message.t),
        received_at=now(),
        event=event,
        spoken=spoken,
        refused=refused,
    )


def storable(value: Any) -> bool:
    """PostgreSQL's text holds neither NUL nor half a surrogate pair, in keys as little as in values."""
    if isinstance(value, str):
        return "\0" not in value and (
            value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
        )
    if isinstance(value, dict):
        return all(storable(key) and storable(child) for key, child in value.items())
    return all(storable(child) for child in value) if isinstance(value, list) else True


async def record_messages(
    db: AsyncSession,
    exam_session_id: int,
    messages: Sequence[StoredMessage],
    *,
    late: bool = False,
    tail: Tail | None = None,
) -> list[Item]:
    """Store messages and what they answer; a number that is there already stays as it was first (W13).

    Returns what of those that are new is still to be chained: nothing where the statement could do both.
    """
    rows: list[dict[str, Any]] = [
        {
            "exam_session_id": exam_session_id,
            "seq": message.seq,
            "type": message.type,
            "payload": message.payload,
            "client_time": message.client_time,
            "received_at": message.received_at,
            "refused": message.refused,
            "late": late,
        }
        for message in messages
    ]
    new, chained = await _insert(db, rows, tail)
    useful = [message for message in messages if message.seq in new and message.refused is None]
    told = {one.seq: Told(one.client_time, one.received_at) for one in useful if one.type in ("answer", "status")}
    statuses = {message.seq: message.payload for message in useful if message.type == "status"}
    # What is shown comes before what is answered, whatever their order in one batch: both carry their own time.
    await record_openings(db, exam_session_id, statuses, told)
    given = {message.seq: message.payload for message in useful if message.type == "answer"}
    refusals = await record_answers(db, exam_session_id, given, late=late, told=told)
    await record_flags(db, exam_session_id, list(statuses.values()))
    if chained:
        return []
    kept = [row | {"refused": refusals.get(row["seq"], row["refused"])} for row in rows if row["seq"] in new]
    return message_items([SimpleNamespace(**row) for row in kept])


async def _insert(db: AsyncSession, rows: list[dict[str, Any]], tail: Tail | None) -> tuple[set[int], bool]:
    """Numbers that were not there yet, and whether all were, and are chained too (answers may yet be refused)."""
    statement = insert(ClientMessage)
    if tail is None or not tail.head.count or any(row["type"] == "answer" for row in rows):
        seqs = await db.scalars(statement.on_conflict_do_nothing().returning(ClientMessage.seq), rows)
        return set(seqs), False
    at = now()
    links = tail.links(message_items([SimpleNamespace(**row) for row in rows]), at)
    given = as_arrays(COLUMNS, rows, "message") | tail.given(links, at) | {"messages": len(rows)}
    found = (await db.execute(_recording(), given)).one()
    if found[1]:
        tail.head = Head(links[-1].seq, links[-1].hash)
    return set(found[0] or ()), bool(found[1])


@cache
def _recording() -> Select[list[int] | None, int]:
    """Store messages and, where all of them are new, add their links: which were new, and how many links."""
    rows = given_rows(COLUMNS, "message")
    new = insert(TABLE).from_select([one.key for one in COLUMNS], select(rows)).on_conflict_do_nothing()
    kept = new.returning(TABLE.c.seq).cte("kept")
    count = select(func.count()).select_from(kept).scalar_subquery()
    linked = adding(count == bindparam("messages", type_=Integer)).cte("linked")
    stored = select(func.array_agg(kept.c.seq)).scalar_subquery()
    return select(stored, select(func.count()).select_from(linked).scalar_subquery())


def _event(payload: dict[str, Any]) -> tuple[BrowserEvent | None, str | None]:
    try:
        event = BrowserEvent.model_validate(payload)
    except ValidationError:
        return None, "unknown_event"
    if event.kind not in REPORTABLE:
        return None, "not_a_browser_event"
    # Writing Bangla composes characters, a screen reader presses keys and moves the focus: kept, not counted.
    return (None if event.composing or event.assistive else event), None


def _spoken(kind: str, payload: dict[str, Any]) -> tuple[Chat | Hand | None, str | None]:
    try:
        return SPOKEN[kind].model_validate(payload), None
    except ValidationError:
        return None, f"{kind}_invalid"


def _client_time(t: float | None) -> datetime | None:
    """The client's clock may say anything; what is no date is no date (W26)."""
    try:
        return None if t is None else datetime.fromtimestamp(t / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
