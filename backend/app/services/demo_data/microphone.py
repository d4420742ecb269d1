"""What the microphone of a story would have measured: a room never quite still, louder where somebody speaks. Pure."""

from collections.abc import Sequence

from app.domain.incidents import Heard
from app.domain.violations import AUDIBLE, NeutralState
from app.services.demo_data.content import Happening
from app.services.hearing import Hear
from app.services.sound_lane import Pieces, SoundLane

CHUNK = 2.5
"""Seconds that are judged at once."""
ROOM_DB = (-58.0, -55.0, -57.0, -52.0, -56.0, -54.0, -57.0, -46.0, -55.0, -58.0, -53.0)
"""A fan, a page that is turned, a chair: in turns, so that the same story always sounds the same."""
VOICE_DB = -26.0


def heard_in(happenings: Sequence[Happening], seconds: float) -> Pieces:
    """As the server keeps it; nothing where there is no line."""
    lane = SoundLane()
    for number in range(int(seconds / CHUNK)):
        begin, end = number * CHUNK, (number + 1) * CHUNK
        now = [one for one in happenings if one.begins < end and one.ends > begin]
        if any(one.observation is None and one.state is NeutralState.LINK_LOST for one in now):
            continue
        heard = tuple(
            Heard(max(begin, one.begins), min(end, one.ends), one.observation)
            for one in now
            if one.observation is not None and one.observation.kind in AUDIBLE
        )
        level = VOICE_DB if heard else ROOM_DB[number % len(ROOM_DB)]
        speech = sum(one.ended_at - one.started_at for one in heard) / CHUNK
        lane.note(Hear(heard, end, level, CHUNK, speech))
    return lane.take(everything=True)
