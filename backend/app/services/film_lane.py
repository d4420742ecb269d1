"""How a running sitting's camera picture moved, put by in pieces for when it is over; no picture is kept.

What a detector remembers reaches back two minutes and is stored with the sitting: a piece that a crash has swallowed is
made again by the next server.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ai.types import Memory
from app.core.sealing import DataKey, Unsealable
from app.db.models import FilmPiece
from app.domain.films import FilmStretch, joined, not_kept, slot_of
from app.domain.shelves import Shelf
from app.domain.violations import ViolationKind
from app.services.data_keys import keys_of_sittings
from app.services.sitting import Sitting

DUE = 200
"""Slots that come together in a piece, when nothing interrupts: 100 s, 4 KB."""


class FilmLane:
    """How far one sitting's movement is stored."""

    def __init__(self, sitting: Sitting, known: int = 0) -> None:
        self._sitting = sitting
        self._known = self.upto = known
        """The next slot that is not stored; `upto` once what was taken last is."""

    @property
    def wanted(self) -> bool:
        """Not of children, not in practice, and not where nobody looks for repeated video."""
        sitting = self._sitting
        real = sitting.keys is not None and sitting.keys.record is not None
        return real and sitting.scored and ViolationKind.LOOPED_VIDEO not in sitting.disabled

    def take(self, memory: Memory, *, everything: bool) -> FilmStretch | None:
        """What is to be stored now, out of the detectors' memory."""
        self.upto = self._known
        own = memory.get(ViolationKind.LOOPED_VIDEO, {})
        track, at = own.get("track"), own.get("at")
        if not (self.wanted and isinstance(track, str) and isinstance(at, int | float)):
            return None
        if not everything and slot_of(at) - self._known < DUE:
            return None
        found = not_kept(track, at, known=self._known)
        if found is not None:
            self.upto = found.ends
        return found

    def stored(self) -> None:
        """What was taken last is in the database."""
        self._known = self.upto


async def record_film(db: AsyncSession, exam_session_id: int, piece: FilmStretch, key: DataKey) -> None:
    """One row, sealed; the same piece again replaces it."""
    sealed = key.seal(piece.numbers, context_of(exam_session_id, piece.begins))
    statement = insert(FilmPiece).values(exam_session_id=exam_session_id, begins=piece.begins, sealed=sealed)
    place = [FilmPiece.exam_session_id, FilmPiece.begins]
    await db.execute(statement.on_conflict_do_update(index_elements=place, set_={"sealed": sealed}))


async def film_of(db: AsyncSession, exam_session_id: int) -> bytes:
    """The whole track of a sitting; empty where nothing was kept, or its key was destroyed."""
    key = (await keys_of_sittings(db, [exam_session_id], Shelf.PICTURES)).get(exam_session_id)
    if key is None:
        return b""
    query = select(FilmPiece.begins, FilmPiece.sealed).where(FilmPiece.exam_session_id == exam_session_id)
    rows = [(row.begins, row.sealed) for row in await db.execute(query)]
    return joined(_opened(exam_session_id, key, rows))


def context_of(exam_session_id: int, begins: int) -> str:
    """What a sealed piece is bound to."""
    return f"film:{exam_session_id}:{begins}"


def _opened(exam_session_id: int, key: DataKey, rows: Iterable[tuple[int, bytes]]) -> list[FilmStretch]:
    found = []
    for begins, sealed in rows:
        try:
            found.append(FilmStretch(begins, key.open(sealed, context_of(exam_session_id, begins))))
        except Unsealable:  # somebody has changed it: what it stands for was not seen
            continue
    return found
