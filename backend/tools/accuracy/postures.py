"""How often a covered face, a hand at the ear and a bent head are noted, and what else is taken for them.

Drawn on sittings of real portraits and videos (tools/accuracy/worn.py); run in backend/: `python -m
tools.accuracy.postures`.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.ai.face_search import FaceSearch, Recall
from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.incidents import Incidents
from app.domain.presets import Preset, rules_for
from app.domain.violations import Observation, ViolationKind
from tools.accuracy.fairness import most_per_hour
from tools.accuracy.hours import NOISES, Person, movement, noises, people, shown
from tools.accuracy.kinds import wilson
from tools.accuracy.sittings import skin
from tools.accuracy.worn import CLOTHS, HANDS, SKIN, WORN, Change, bent, mask

KINDS = (ViolationKind.FACE_COVERED, ViolationKind.HAND_AT_EAR, ViolationKind.LOOKING_DOWN)
OTHERS = frozenset(ViolationKind) - set(KINDS)
BEGIN, LASTS, AFTER = 20, 35, 10
"""Seconds: before something happens, while it does, and after it."""
QUALITY = 65
AGAIN = ("center_left_center", "biden2.jpg")
"""More pictures of people who are there already: they would make the sittings longer and the figures no surer."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A sitting: whose, what happens between BEGIN and BEGIN + LASTS, what is worn all the time, and what is due."""

    group: str
    person: Person
    kind: ViolationKind | None
    event: Change | None = None
    worn: Change | None = None
    light: float = 1.0


def scenes(rng: np.random.Generator, rounds: int) -> Iterator[Scene]:
    """Every person: each mask, hands in each skin tone, bent heads; and everything that is none of it."""
    for person in [one for one in people() if one.name not in AGAIN for _ in range(rounds)]:
        for colour in CLOTHS:
            yield Scene("mask put on", person, ViolationKind.FACE_COVERED, mask(colour))
        for tone, light in SKIN:
            for name, kind in (
                ("hand before the mouth", ViolationKind.FACE_COVERED),
                ("hand at the ear", ViolationKind.HAND_AT_EAR),
                ("gesture", None),
            ):
                yield Scene(name, person, kind, HANDS[name](tone, rng), light=light)
        for pitch in (8.0, 20.0, 26.0):
            due = ViolationKind.LOOKING_DOWN if pitch > 10 else None
            yield Scene(f"head bent by {pitch:.0f}°", person, due, bent(pitch))
        yield Scene("head turned by 20°", person, None, bent(0.0, 20.0))
        for name, ways in WORN.items():
            for change in ways:
                yield Scene(f"{name}, all the time", person, None, worn=change)
        for name in ("headscarf", "glasses"):
            yield Scene(f"{name} put on", person, None, WORN[name][0])
        for _, light in SKIN:
            yield Scene("nothing", person, None, light=light)


def frames(scene: Scene, rng: np.random.Generator, search: FaceSearch) -> Iterator[tuple[float, bytes]]:
    """One frame a second."""
    moves = movement(rng, share=float(rng.uniform(0.18, 0.3)))
    lit: Callable[[Picture], Picture] = skin(scene.light)
    recall: Recall = {}
    for number in range(BEGIN + LASTS + AFTER):
        pixels = lit(shown(scene.person, number, next(moves), rng))
        changes = [scene.worn, scene.event if BEGIN <= number < BEGIN + LASTS else None]
        found = search.look(pixels, float(number), recall) if any(changes) else []
        for change in changes:
            if change is not None and found:
                pixels = change(pixels, found[0].mesh)
        noise = noises()[int(rng.integers(NOISES))]
        yield float(number), encode((pixels.astype(np.int16) + noise).clip(0, 255).astype(np.uint8), QUALITY)


def watched(pipeline: Pipeline, stream: Iterator[tuple[float, bytes]]) -> list[tuple[float, tuple[Observation, ...]]]:
    """What the detectors see."""
    memory: Memory = {}
    seen = []
    for at, jpeg in stream:
        report = pipeline.look(FrameRequest(jpeg, at, memory, disabled=OTHERS))
        memory = report.memory
        seen.append((at, report.observations))
    return seen


def noted(seen: list[tuple[float, tuple[Observation, ...]]], preset: Preset) -> dict[ViolationKind, list[float]]:
    """When violations of each kind were opened."""
    incidents = Incidents(rules_for(preset))
    found: dict[ViolationKind, list[float]] = defaultdict(list)
    for at, observations in seen:
        for change in incidents.see(observations, at):
            if change.action == "opened" and change.kind in KINDS:
                found[change.kind].append(at)
    return found


@dataclass(slots=True)
class Count:
    """Of one group and preset."""

    scenes: int = 0
    found: int = 0
    delays: list[float] | None = None
    false: dict[ViolationKind, int] | None = None

    def add(self, scene: Scene, when: dict[ViolationKind, list[float]]) -> None:
        """One more sitting."""
        self.delays, self.false = self.delays or [], self.false or dict.fromkeys(KINDS, 0)
        self.scenes += 1
        for kind in KINDS:
            mine = [at for at in when.get(kind, []) if kind == scene.kind and at >= BEGIN]
            self.false[kind] += len(when.get(kind, [])) - len(mine)
            if mine:
                self.found += 1
                self.delays.append(mine[0] - BEGIN)


def lines(counts: dict[tuple[str, Preset], Count], due: dict[str, ViolationKind | None]) -> Iterator[str]:
    """The page's tables."""
    yield "| what | preset | noted | 95 % | delay, median |\n|---|---|---|---|---|"
    for (group, preset), count in counts.items():
        if due[group] is not None:
            low, high = wilson(count.found, count.scenes)
            delay = f"{np.median(count.delays):.0f} s" if count.delays else "–"
            yield f"| {group} | {preset} | {count.found} of {count.scenes} | {low:.0%}–{high:.0%} | {delay} |"
    hours = (BEGIN + LASTS + AFTER) / 3600
    yield "\n| sitting (standard preset) | hours | " + " | ".join(KINDS) + " |\n|---|---|" + "---|" * len(KINDS)
    total, time_all = dict.fromkeys(KINDS, 0), 0.0
    for (group, preset), count in counts.items():
        if preset == Preset.STANDARD and count.false is not None:
            time_all += count.scenes * hours
            total = {kind: total[kind] + count.false[kind] for kind in KINDS}
            yield f"| {group} | {count.scenes * hours:.2f} | " + " | ".join(map(str, count.false.values())) + " |"
    rates = (f"{n} ({n / time_all:.2f}/h, ≤ {most_per_hour(n, time_all):.1f})" for n in total.values())
    yield f"| **all** | {time_all:.2f} | " + " | ".join(rates) + " |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="", help="groups whose name contains this")
    options = parser.parse_args()
    rng, pipeline, search, begin = np.random.default_rng(options.seed), Pipeline(), FaceSearch(), time.perf_counter()
    counts: dict[tuple[str, Preset], Count] = defaultdict(Count)
    due: dict[str, ViolationKind | None] = {}
    tones: dict[tuple[str, float], list[bool]] = defaultdict(list)
    for number, scene in enumerate(scenes(rng, options.rounds)):
        if options.only not in scene.group:
            continue
        seen = watched(pipeline, frames(scene, rng, search))
        due[scene.group] = scene.kind
        for preset in Preset:
            counts[scene.group, preset].add(scene, noted(seen, preset))
        if scene.kind is not None and scene.group.startswith("hand"):
            tones[scene.group, scene.light].append(bool(noted(seen, Preset.STANDARD).get(scene.kind)))
        print(f"{number:4} {scene.group:32} {scene.person.name:20} {dict(noted(seen, Preset.STANDARD))}", flush=True)
    print("\n".join(lines(counts, due)))
    for (group, light), hits in sorted(tones.items()):
        print(f"| {group}, skin luminance × {light} | {sum(hits)} of {len(hits)} |")
    print(f"took {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
