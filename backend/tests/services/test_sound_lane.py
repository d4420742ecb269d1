"""The lane of sound: 5 seconds in two bytes, a row a minute, holes left out."""

from app.db.models import ExamSession
from app.db.session import Sessions, unit_of_work
from app.domain.incidents import Heard
from app.domain.violations import Observation, ViolationKind
from app.services.hearing import Hear
from app.services.sound_lane import PIECE, SoundLane, record_sound, sound_of


def chunk(until: float, *, level: float = -30.0, spoken: float = 0.0) -> Hear:
    """A second of sound, the first part of which is speech."""
    begin = until - 1.0
    heard = Heard(begin, begin + spoken, Observation(ViolationKind.AUDIO_DETECTED, 0.9))
    return Hear((heard,) if spoken else (), until, level, 1.0, spoken)


async def test_a_minute_is_a_row_and_nothing_is_said_of_what_was_not_heard(
    sessions: Sessions, taken: ExamSession
) -> None:
    lane = SoundLane()
    for second in range(1, 61):
        assert lane.take(everything=False) == {}
        lane.note(chunk(second, spoken=0.5 if second <= 5 else 0.0))
    for second in range(301, 307):  # four minutes later
        lane.note(chunk(second, level=-90.0))
    assert lane.due
    first = lane.take(everything=False)
    assert lane.take(everything=False) == first  # the database was away: nothing is lost
    assert {key: len(piece) for key, piece in first.items()} == {0: 2 * PIECE, 60: 2}
    async with unit_of_work(sessions) as db:
        await record_sound(db, taken.id, first)
        await record_sound(db, taken.id, first)
    lane.stored()
    assert lane.take(everything=False) == {}
    async with unit_of_work(sessions) as db:
        await record_sound(db, taken.id, lane.take(everything=True))
        shown = await sound_of(db, taken.id)
    assert [(one.begin, one.to) for one in shown] == [(5.0 * n, 5.0 * n + 5) for n in (*range(12), 60, 61)]
    assert (shown[0].level, shown[0].speech) == (0.5, 0.5)
    assert (shown[1].level, shown[1].speech) == (0.5, 0.0)
    assert (shown[-1].level, shown[-1].speech) == (0.0, 0.0)


def test_what_is_said_across_two_stretches_belongs_to_both() -> None:
    lane = SoundLane()
    lane.note(Hear((Heard(4.0, 6.0, Observation(ViolationKind.AUDIO_DETECTED, 0.9)),), 10.0, 0.0, 10.0))
    assert lane.take(everything=True) == {0: bytes((200, 40, 200, 40))}
