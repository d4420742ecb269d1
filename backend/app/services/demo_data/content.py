"""What the demonstration shows, read from content.json: who sits what, and what happens while they sit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.browser_events import claim
from app.domain.violations import NeutralState, Observation, ViolationKind

FOLDER = Path(__file__).parent
PICTURE = (FOLDER / "picture.jpg").read_bytes()
"""A drawing that says in both languages that it is one; it stands for every picture of the demonstration."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something the camera, the microphone or the browser saw, from … to … in seconds of the sitting."""

    begins: float
    ends: float
    observation: Observation | None
    """None where nothing could be seen, because of `state`."""
    state: NeutralState = NeutralState.LINK_LOST


@dataclass(frozen=True, slots=True)
class Story:
    """One sitting: how long it lasts in seconds, what happens, what is said and when."""

    seconds: float
    happenings: tuple[Happening, ...]
    good: int
    """0 answers best."""
    says: tuple[str, float] | None = None
    reply: str = ""
    comment: str = ""


@cache
def content() -> Mapping[str, Any]:
    """The whole of it."""
    found: dict[str, Any] = json.loads((FOLDER / "content.json").read_text(encoding="utf-8"))
    return found


def story_of(place: int, seconds: float) -> Story:
    """The story of the student at this place of the list, in a sitting of this length."""
    told = content()["stories"][place % len(content()["stories"])]
    says = (told["says"][0], told["says"][1] * seconds) if "says" in told else None
    return Story(
        seconds=seconds,
        happenings=tuple(_happening(name, share * seconds) for name, share in told["does"]),
        good=told["good"],
        says=says,
        reply=told.get("reply", ""),
        comment=told.get("comment", ""),
    )


def given_for(question: Mapping[str, Any], good: int, place: int) -> int | None:
    """Which of a question's prepared answers the student at `place` gives; None where it is left open."""
    count = len(question["given"])
    if good == 3 and place % 3 == 2:
        return None
    return 0 if good == 0 else (good + place) % count


def _happening(name: str, begins: float) -> Happening:
    found = content()["happenings"][name]
    ends = begins + found["seconds"]
    if "state" in found:
        return Happening(begins, ends, None, NeutralState(found["state"]))
    kind = ViolationKind(found["kind"])
    if "measured" not in found:
        return Happening(begins, ends, claim(kind))
    return Happening(begins, ends, Observation(kind, found["confidence"], found["measured"], found["threshold"]))
