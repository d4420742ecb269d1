"""Do groups fare alike? False observations, false alarms, near misses and margins of quiet sittings, group by group.

The same people move in the same way in every group (tools/accuracy/hours.py), so groups are compared pair by pair:
intervals come from drawing people again, with all of their groups.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.ai.attention import GAZE_RANGE, number
from app.ai.detectors.looking_away import LookingAway
from app.ai.detectors.more_persons import MorePersons
from app.ai.identity_check import DIFFERENT_BELOW
from app.ai.object_labels import BOOK, LAPTOP, PERSON, PHONE, SCREEN
from app.ai.object_search import BELIEFS, Followed, remembered
from app.ai.types import FrameReport
from app.domain.violations import ViolationKind

FOUND = Path(__file__).parent / "fairness.md"
HEAD = """# Do groups fare alike?

Written by `make accuracy`; {sittings} quiet sittings with {frames} frames of {people} people, {measured_on}. The same
people move in the same way in every group: skin darkened, lightened or recoloured where its colour is found, rooms
darker and brighter, cheap cameras, hard compression, tilted laptops, and glasses, headscarf, beard and niqab drawn
along the face's points. Nothing happens in any of them, so whatever is observed is wrong. Counted are the kinds that
an exam looks for unless it says otherwise: {kinds}.

{found}

## Rates

*Ratio*: share of judged frames with a false observation over that of the same people as filmed, and its 95 % interval
from drawing people again, all groups of a person together. "Too few": both together have fewer than ten such frames,
and any ratio would be made up. Few alarms in few hours: *at most* is the upper 95 % limit of each group alone.

{groups}

## Margins

Where nothing goes wrong there is no ratio, but every frame still has measured values. How far they go towards an
alarm: 0 is nothing, 1 the limit itself, which must be reached for as long as the kind's holding time before anything
is noted. The value that 99.5 % of a group's frames stay below. (For multiple_faces the second strongest person, for
face_not_detected how unsure the surest face is, for identity_mismatch how unlike the reference; 320 pixels and niqab
say most about faces.)

{margins}

## Near misses

Frames at {near:.0%} of the way to the limit or beyond it: there are more of these than false observations, so that
their ratio to the same people as filmed means something, and the bar of {bar} can be laid beside its interval.

{misses}
"""
THINGS = {
    ViolationKind.PHONE_DETECTED: PHONE,
    ViolationKind.BOOK_DETECTED: BOOK,
    ViolationKind.LAPTOP_DETECTED: LAPTOP,
    ViolationKind.UNAUTHORIZED_OBJECT: SCREEN,
}
ON_BY_DEFAULT = (
    ViolationKind.FACE_NOT_DETECTED,
    ViolationKind.MULTIPLE_FACES,
    ViolationKind.LOOKING_AWAY,
    ViolationKind.CAMERA_BLOCKED,
    *THINGS,
    ViolationKind.FACE_COVERED,
    ViolationKind.IDENTITY_MISMATCH,
)
"""Kinds that an exam looks for unless it says otherwise, as far as quiet sittings show them."""
NEAR = 0.7
"""From this share of the way to its limit a frame is a near miss."""
BAR = 1.25
ROUNDS = 1000
BASE = "as filmed"
Leans = Mapping[ViolationKind, float]
"""By kind how far a frame goes towards an alarm: 0 not at all, 1 at the limit, above it beyond."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A quiet sitting as it was judged: whose, in which group; frames taken, judged, with a false observation; false
    alarms under the standard preset; by kind every judged frame's lean.
    """

    person: str
    trait: str
    group: str
    taken: int
    judged: int
    wrong: int
    alarms: int
    hours: float
    leans: Mapping[ViolationKind, NDArray[np.float64]]


def leans_of(report: FrameReport) -> Leans:
    """How far this frame goes towards each kind that is judged by a measured value."""
    things = remembered(report.memory.get("objects", {}))
    leans = {kind: strongest(things, label) / BELIEFS[label].sure for kind, label in THINGS.items()}
    persons = sorted((thing.score for thing in things if thing.label == PERSON), reverse=True)
    second = sorted((face.score for face in report.faces), reverse=True)[1:2]
    leans[ViolationKind.MULTIPLE_FACES] = max([*persons[1:2], 0.0]) / MorePersons().sure
    leans[ViolationKind.MULTIPLE_FACES] = max(leans[ViolationKind.MULTIPLE_FACES], 1.0 if second else 0.0)
    surest = max((face.score for face in report.faces), default=0.0)
    leans[ViolationKind.FACE_NOT_DETECTED] = (1 - surest) / 0.5
    if report.gaze is not None and report.head is not None:
        rest = number(report.memory.get("attention", {}), "yaw", 0.0)
        leans[ViolationKind.LOOKING_AWAY] = (
            abs(report.gaze.x * GAZE_RANGE + report.head.yaw - rest) / LookingAway().side
        )
    if report.identity is not None:
        leans[ViolationKind.IDENTITY_MISMATCH] = (1 - report.identity) / (1 - DIFFERENT_BELOW)
    return leans


def strongest(things: Sequence[Followed], label: str) -> float:
    """The highest score among things of this label that are large enough to count."""
    return max((t.score for t in things if t.label == label and t.area >= BELIEFS[label].least_area), default=0.0)


def most_per_hour(false: int, hours: float) -> float:
    """Upper end of the 95 % interval of a rate (chi-square, by its normal approximation of Wilson and Hilferty)."""
    k = false + 1
    return float(k * (1 - 1 / (9 * k) + 1.645 / (3 * sqrt(k))) ** 3 / hours) if hours else float("inf")


Count = Callable[[Quiet], tuple[float, float]]


def false_frames(quiet: Quiet) -> tuple[float, float]:
    """Frames with a false observation, of those judged."""
    return quiet.wrong, quiet.judged


def false_alarms(quiet: Quiet) -> tuple[float, float]:
    """False alarms, in hours."""
    return quiet.alarms, quiet.hours


def near_misses(kind: ViolationKind) -> Count:
    """Frames near the limit or beyond it, of those in which the kind was measured."""

    def count(quiet: Quiet) -> tuple[float, float]:
        values = quiet.leans.get(kind, np.zeros(0))
        return float((values >= NEAR).sum()), len(values)

    return count


def ratio(group: Sequence[Quiet], base: Sequence[Quiet], count: Count) -> tuple[float, float, float] | None:
    """Rate of the group over that of the base with its 95 % interval; one is added to both counts, half to each side.

    None where both together have fewer than ten: a ratio would say nothing.
    """
    people = sorted({quiet.person for quiet in group} & {quiet.person for quiet in base})
    tables = [
        np.array([np.sum([count(quiet) for quiet in some if quiet.person == person], axis=0) for person in people])
        for some in (group, base)
    ]
    if sum(table[:, 0].sum() for table in tables) < 10:
        return None
    rng = np.random.default_rng(11)
    draws = [np.arange(len(people)), *(rng.integers(0, len(people), len(people)) for _ in range(ROUNDS))]
    found = []
    for draw in draws:
        (bad, seen), (other_bad, other_seen) = (table[draw].sum(axis=0) for table in tables)
        found.append(((bad + 0.5) / max(seen, 1e-9)) / ((other_bad + 0.5) / max(other_seen, 1e-9)))
    low, high = np.percentile(found[1:], [2.5, 97.5])
    return float(found[0]), float(low), float(high)


def said(found: tuple[float, float, float] | None) -> str:
    """A ratio in words."""
    return "too few" if found is None else f"{found[0]:.2f} ({found[1]:.2f}–{found[2]:.2f})"


def by_group(quiets: Sequence[Quiet]) -> dict[tuple[str, str], list[Quiet]]:
    """Trait and group → its sittings, the sittings as filmed first."""
    found: dict[tuple[str, str], list[Quiet]] = defaultdict(list)
    for quiet in sorted(quiets, key=lambda quiet: quiet.group != BASE):
        found[quiet.trait, quiet.group].append(quiet)
    return found


def groups(quiets: Sequence[Quiet]) -> Iterator[str]:
    """Markdown: each group's rates, and their ratio to those of the same people as filmed."""
    yield from heading(
        "trait", "group", "false alarms", "at most an hour", "false observations", "ratio to as filmed", "judged frames"
    )
    all_groups = by_group(quiets)
    base = next(some for (_, name), some in all_groups.items() if name == BASE)
    for (trait, name), some in all_groups.items():
        alarms, hours = (sum(column) for column in zip(*map(false_alarms, some), strict=True))
        wrong, judged = (sum(column) for column in zip(*map(false_frames, some), strict=True))
        compared = "" if name == BASE else said(ratio(some, base, false_frames))
        share = 100 * judged / max(1, sum(quiet.taken for quiet in some))
        rate, most = f"{alarms:.0f} in {hours:.2f} h", f"{most_per_hour(int(alarms), hours):.1f}"
        yield row(
            trait, name, rate, most, f"{wrong:.0f} ({100 * wrong / max(1, judged):.2f} %)", compared, f"{share:.1f} %"
        )


SCALED = (
    ViolationKind.MULTIPLE_FACES,
    ViolationKind.FACE_NOT_DETECTED,
    ViolationKind.LOOKING_AWAY,
    *THINGS,
    ViolationKind.IDENTITY_MISMATCH,
)
"""Kinds judged by a measured value in most frames."""


def margins(quiets: Sequence[Quiet]) -> Iterator[str]:
    """Markdown: by group and kind the lean that 99.5 % of frames stay below; how often faces were compared."""
    yield from heading("group", *map(str, SCALED), "faces compared")
    for (_, name), some in by_group(quiets).items():
        cells = []
        for kind in SCALED:
            values = np.concatenate([quiet.leans.get(kind, np.zeros(0)) for quiet in some])
            cells.append(f"{np.percentile(values, 99.5):.2f}" if len(values) else "–")
        yield row(name, *cells, str(len(values)))


def misses(quiets: Sequence[Quiet]) -> Iterator[str]:
    """Markdown: by group and kind the near misses, and their ratio to those of the same people as filmed."""
    yield from heading("group", *map(str, SCALED))
    all_groups = by_group(quiets)
    base = next(some for (_, name), some in all_groups.items() if name == BASE)
    for (_, name), some in all_groups.items():
        cells = []
        for kind in SCALED:
            near, seen = (sum(column) for column in zip(*map(near_misses(kind), some), strict=True))
            compared = "" if name == BASE else f": {said(ratio(some, base, near_misses(kind)))}"
            cells.append(f"{near:.0f} of {seen}{compared}")
        yield row(name, *cells)


def row(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def heading(*names: str) -> Iterator[str]:
    """The first two lines of a table."""
    yield row(*names)
    yield f"|{'---|' * len(names)}"


def fairness_page(quiets: Sequence[Quiet], measured_on: str) -> str:
    """docs/accuracy/fairness.md."""
    return HEAD.format(
        sittings=len(quiets),
        frames=sum(quiet.taken for quiet in quiets),
        people=len({quiet.person for quiet in quiets}),
        measured_on=measured_on,
        kinds=", ".join(map(str, ON_BY_DEFAULT)),
        found=FOUND.read_text().strip(),
        groups="\n".join(groups(quiets)),
        margins="\n".join(margins(quiets)),
        misses="\n".join(misses(quiets)),
        near=NEAR,
        bar=BAR,
    )
