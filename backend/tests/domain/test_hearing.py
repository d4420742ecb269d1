"""Stretches of speech → one violation with a beginning and an end, whatever the pictures show meanwhile."""

import json
from dataclasses import replace

from app.domain.incidents import Change, Heard, Incidents
from app.domain.violations import RULES, Observation, ViolationKind

SPEECH = Observation(ViolationKind.AUDIO_DETECTED, 0.9, {"speech_probability": 0.9}, {"speech_probability": 0.5})
AWAY = Observation(ViolationKind.LOOKING_AWAY, 0.8)


def heard(*stretches: tuple[float, float]) -> list[Heard]:
    """Speech from … to …"""
    return [Heard(start, end, SPEECH) for start, end in stretches]


def told(changes: list[Change]) -> list[tuple[str, float, float | None]]:
    """Action, beginning, end."""
    return [(change.action, change.started_at, change.ended_at) for change in changes]


def test_a_sentence_opens_where_it_began_and_closes_where_it_ended() -> None:
    incidents = Incidents()
    assert told(incidents.hear(heard((1.4, 2.0)), 2.0)) == []
    assert told(incidents.hear(heard((2.0, 2.5)), 3.0)) == [("opened", 1.4, None)]
    assert told(incidents.hear([], 4.0)) == []
    (closed,) = incidents.hear([], 6.0)
    assert told([closed]) == [("closed", 1.4, 2.5)]
    assert (closed.confidence, closed.seconds) == (0.9, 1.1)
    assert closed.measured == {"speech_probability": 0.9}
    assert closed.threshold == {"speech_probability": 0.5}


def test_pauses_for_breath_are_part_of_a_conversation() -> None:
    incidents = Incidents()
    changes = incidents.hear(heard((0.0, 0.9)), 1.0) + incidents.hear([], 2.0) + incidents.hear(heard((2.5, 3.0)), 3.0)
    changes += incidents.finish(3.0)
    assert [change.key for change in changes] == [1] * len(changes)
    assert told(changes)[-1] == ("closed", 0.0, 3.0)


def test_single_short_noises_never_add_up() -> None:
    incidents = Incidents()
    for second in range(60):
        assert incidents.hear(heard((second + 0.1, second + 0.3)), second + 1.0) == []


def test_pictures_neither_confirm_nor_contradict_what_is_heard() -> None:
    incidents = Incidents()
    incidents.hear(heard((0.0, 1.0)), 1.0)
    for tenth in range(11, 30):
        assert incidents.see([], tenth / 10) == []
    assert told(incidents.hear(heard((1.0, 3.0)), 3.0)) == [("extended", 0.0, None)]


def test_silence_does_not_contradict_what_is_seen() -> None:
    incidents = Incidents()
    opened = [change for tenth in range(0, 30, 5) for change in incidents.see([AWAY], tenth / 10)]
    assert incidents.hear([], 3.0) == []
    opened += incidents.see([AWAY], 3.0)
    assert opened[0].kind is ViolationKind.LOOKING_AWAY


def test_sound_that_comes_later_than_pictures_keeps_its_own_time() -> None:
    incidents = Incidents()
    incidents.see([], 9.0)
    assert told(incidents.hear(heard((6.0, 7.0)), 7.0)) == [("opened", 6.0, None)]


def test_time_never_runs_backwards() -> None:
    incidents = Incidents()
    incidents.hear(heard((5.0, 6.0)), 6.0)
    incidents.hear(heard((1.0, 2.0)), 2.0)
    assert told(incidents.finish(6.0)) == [("closed", 5.0, 6.0)]


def test_a_restarted_server_goes_on_where_it_was() -> None:
    incidents = Incidents()
    incidents.hear(heard((1.0, 1.5)), 1.5)
    again = Incidents.load(json.loads(json.dumps(incidents.dump())))
    assert told(again.hear(heard((1.5, 2.0)), 2.0)) == [("opened", 1.0, None)]


def test_what_was_stored_before_there_was_sound_can_be_read() -> None:
    old = Incidents().dump()
    del old["heard"]
    assert told(Incidents.load(old).hear(heard((0.0, 1.0)), 1.0)) == [("opened", 0.0, None)]


def test_what_is_less_sure_than_the_exam_asks_for_is_not_noted() -> None:
    kind = ViolationKind.AUDIO_DETECTED
    incidents = Incidents({**RULES, kind: replace(RULES[kind], least=0.95)})
    assert incidents.hear(heard((0.0, 3.0)), 3.0) == []
