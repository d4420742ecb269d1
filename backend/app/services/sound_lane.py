"""How loud it was and whether somebody spoke, in stretches of 5 seconds: shown to reviewers; no sound is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import SoundPiece
from app.schemas.reviews import SoundRead
from app.services.desk import loudness
from app.services.hearing import Hear

SECONDS = 5.0
"""Length of a stretch."""
PIECE = 12
"""Stretches in a row of the table, when nothing interrupts: a minute."""
LONGEST_PIECE = 24
STEPS = 200
"""Loudness and share of speech are kept in steps of 1/200."""
UNHEARD = 255


@dataclass(slots=True)
class Stretch:
    """What was heard so far of 5 seconds: seconds of sound, loudness × seconds, seconds of speech."""

    seconds: float = 0.0
    loud: float = 0.0
    spoken: float = 0.0

    def packed(self) -> bytes:
        """Two bytes: loudness and share of speech."""
        shares = (self.loud / self.seconds, self.spoken / self.seconds)
        return bytes(min(STEPS, max(0, round(STEPS * share))) for share in shares)


Pieces = dict[int, bytes]
"""Number of the first stretch → two bytes for each, UNHEARD where there was no sound."""


class SoundLane:
    """What is not stored yet of one sitting: at most a minute, which nobody was promised."""

    def __init__(self) -> None:
        self._stretches: dict[int, Stretch] = {}
        self._newest = 0
        self._taken: frozenset[int] = frozenset()

    def note(self, hear: Hear) -> None:
        """One more chunk."""
        begin = max(0.0, hear.until - hear.seconds)
        for number in range(int(begin / SECONDS), int(hear.until / SECONDS) + 1):
            here = _shared(begin, hear.until, number)
            if here <= 0:
                continue
            one = self._stretches.setdefault(number, Stretch())
            one.seconds += here
            one.loud += here * loudness(hear.level)
            one.spoken += sum(_shared(heard.started_at, heard.ended_at, number) for heard in hear.heard)
            self._newest = max(self._newest, number)

    @property
    def due(self) -> bool:
        """A minute has come together."""
        return len(self._stretches) > PIECE

    def take(self, *, everything: bool) -> Pieces:
        """What is to be stored now: once a minute what is complete, at the end everything. Kept until `stored`."""
        if not (everything or self.due):
            self._taken = frozenset()
            return {}
        self._taken = frozenset(key for key in self._stretches if everything or key < self._newest)
        return _pieces({key: self._stretches[key].packed() for key in sorted(self._taken)})

    def stored(self) -> None:
        """What was taken last is in the database."""
        for key in self._taken:
            self._stretches.pop(key, None)
        self._taken = frozenset()


async def record_sound(db: AsyncSession, exam_session_id: int, pieces: Pieces) -> None:
    """One row for each piece; the same piece again replaces it."""
    if not pieces:
        return
    rows = [{"exam_session_id": exam_session_id, "begins": key, "levels": levels} for key, levels in pieces.items()]
    statement = insert(SoundPiece)
    key = [SoundPiece.exam_session_id, SoundPiece.begins]
    replaced = statement.on_conflict_do_update(index_elements=key, set_={"levels": statement.excluded.levels})
    await db.execute(replaced, rows)


async def sound_of(db: AsyncSession, exam_session_id: int) -> list[SoundRead]:
    """Every stretch in which there was sound, in the order of time."""
    query = select(SoundPiece.begins, SoundPiece.levels).where(SoundPiece.exam_session_id == exam_session_id)
    known: dict[int, tuple[int, int]] = {}
    for begins, levels in await db.execute(query.order_by(SoundPiece.begins)):
        for place, (level, speech) in enumerate(zip(levels[::2], levels[1::2], strict=True)):
            if level != UNHEARD:
                known[begins + place] = level, speech
    return [
        SoundRead(begin=key * SECONDS, to=(key + 1) * SECONDS, level=level / STEPS, speech=speech / STEPS)
        for key, (level, speech) in sorted(known.items())
    ]


def _shared(begin: float, end: float, number: int) -> float:
    """Seconds of begin … end that lie in a stretch."""
    return max(0.0, min(end, (number + 1) * SECONDS) - max(begin, number * SECONDS))


def _pieces(packed: dict[int, bytes]) -> Pieces:
    """Rows without long holes."""
    found: Pieces = {}
    for group in _groups(packed):
        span = range(group[0], group[-1] + 1)
        found[group[0]] = b"".join(packed.get(key, bytes((UNHEARD, UNHEARD))) for key in span)
    return found


def _groups(keys: Iterable[int]) -> Sequence[list[int]]:
    groups: list[list[int]] = []
    for key in keys:
        if groups and key - groups[-1][0] < LONGEST_PIECE:
            groups[-1].append(key)
        else:
            groups.append([key])
    return groups
