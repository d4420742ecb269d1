"""Things around the student: seldom looks at the whole picture, closer looks at what might be something, and memory.

One look of a small detector proves little: a remote control, a purse or a reflection scores like a phone once. A thing
is believed when several looks agree: at the whole picture, at its place enlarged, and at the mirrored whole. Where
there are several detectors they take turns, so that one's error needs the other's consent. What the closer looks
refute is left alone for a while, so that a still room does not cost more than its schedule.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.ai.face_search import Recall
from app.ai.model_files import MODELS_FOLDER
from app.ai.networks import Picture
from app.ai.object_labels import BOOK, LAPTOP, PERSON, PHONE, SCREEN
from app.ai.object_network import FoundThing, ObjectNetwork, load_detectors, shared_part
from app.ai.schedule import SCHEDULE, Schedule

Box = tuple[float, float, float, float]
LONGEST_MEMORY = 16
"""Things remembered at once; the weakest are forgotten first."""
FIELDS = 12
WEIGHT = 4
"""A look counts at least 1/4 of the mean: what a thing scored long ago fades."""
LEAST_FIT = 0.1
"""A sighting that fits a thing less (`nearness`) is of another one."""
ONE_PERSON = 0.4
"""Boxes of people that share this much of their union are one person's."""
FADING = 2
"""A look that misses a believed thing counts half: what was put away is given up after two or three looks."""


@dataclass(frozen=True, slots=True)
class Belief:
    """When a label is believed. Scores are the detector's own 0..1, areas shares of the picture.

    `noticed`: a look from which a thing is followed; `sure`: mean over `looks` looks from which it is believed, and
    `alone` in an independent picture, which has no further looks; `least_area`: smaller ones are nobody's exam aid (a
    phone in the hand of somebody before a webcam takes 2 to 10 % of the picture; a badge on the chest less than 1 %).
    `voices`: so many detectors must each have seen it, where so many know its name.
    """

    noticed: float
    sure: float
    alone: float
    looks: int = 3
    least_area: float = 0.004
    voices: int = 1


BELIEFS: dict[str, Belief] = {
    PERSON: Belief(noticed=0.25, sure=0.32, alone=0.26, looks=2, least_area=0.01),
    PHONE: Belief(noticed=0.12, sure=0.21, alone=0.25, least_area=0.02, voices=2),
    BOOK: Belief(noticed=0.15, sure=0.25, alone=0.25, least_area=0.02),
    LAPTOP: Belief(noticed=0.15, sure=0.3, alone=0.25, least_area=0.02),
    SCREEN: Belief(noticed=0.2, sure=0.35, alone=0.3, least_area=0.01, voices=2),
}
"""Fixed on COCO128 and on phones pasted into webcam pictures; measured in docs/accuracy/objects.md."""
WANTED = tuple(BELIEFS)
CANDIDATE, BELIEVED, REFUTED = 0.0, 1.0, 2.0


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing over time. `box` in shares of the picture; `score` is the mean of its looks; times in media seconds.

    `sightings`: how many looks showed it; one alone convinces nobody, however high it scores. `seen_by`: the detectors
    that have seen it, a bit for each.
    """

    label: str
    box: Box
    score: float
    looks: float = 1.0
    state: float = CANDIDATE
    seen_at: float = 0.0
    judged_at: float = 0.0
    sightings: float = 1.0
    seen_by: float = 0.0

    @property
    def area(self) -> float:
        """Share of the picture."""
        return self.box[2] * self.box[3]

    def numbers(self) -> list[float]:
        """For the memory, FIELDS numbers."""
        box = [round(value, 4) for value in self.box]
        rest = [round(self.score, 4), self.looks, self.state, round(self.seen_at, 2), round(self.judged_at, 2)]
        rest += [self.sightings, self.seen_by]
        return [float(WANTED.index(self.label)), *box, *rest]

    def looked(self, seen: FoundThing | None, at: float, *, by: int, able: int) -> "Followed":
        """After one more look that did or did not show it, of detector `by`, of `able` that know its name."""
        score = seen.score if seen else 0.0
        looks = self.looks + 1
        weight = FADING if seen is None and self.state == BELIEVED else WEIGHT
        mean = self.score + (score - self.score) / min(looks, weight)
        box, seen_at = (seen.box, at) if seen else (self.box, self.seen_at)
        sightings = self.sightings + (seen is not None)
        seen_by = float(int(self.seen_by) | (1 << by if seen else 0))
        after = replace(self, box=box, score=mean, looks=looks, seen_at=seen_at, sightings=sightings, seen_by=seen_by)
        return after.judged(at, able)

    def judged(self, at: float, able: int) -> "Followed":
        """With the state that follows from its looks; a believed thing is given up later than it was believed."""
        belief = BELIEFS[self.label]
        if self.looks < belief.looks:
            return self
        state = self.state
        agreed = int(self.seen_by).bit_count() >= min(belief.voices, able)
        if self.score >= belief.sure and self.area >= belief.least_area and self.sightings > 1 and agreed:
            state = BELIEVED
        elif self.state == CANDIDATE or self.score < belief.noticed or self.area < belief.least_area / 2:
            state = REFUTED
        return replace(self, state=state, judged_at=at if state != self.state else self.judged_at)


def remembered(recall: Recall) -> list[Followed]:
    """The things in the memory; what cannot be understood is dropped."""
    values = recall.get("things")
    if not isinstance(values, list) or len(values) % FIELDS:
        return []
    things = []
    for start in range(0, len(values), FIELDS):
        label, x, y, width, height, *rest = values[start : start + FIELDS]
        if 0 <= label < len(WANTED):
            things.append(Followed(WANTED[int(label)], (x, y, width, height), *rest))
    return things


def shares(thing: FoundThing, size: tuple[int, int]) -> FoundThing:
    """The thing with its box in shares of a picture of this width and height."""
    x, y, width, height = thing.box
    return replace(thing, box=(x / size[0], y / size[1], width / size[0], height / size[1]))


def nearness(thing: Followed, seen: FoundThing) -> float:
    """How well a sighting fits a thing: overlap, and for what moves in a hand the distance of the centres; 0 = no."""
    union, _ = shared_part(FoundThing(thing.label, 1.0, thing.box), seen)
    ax, ay, aw, ah = thing.box
    bx, by, bw, bh = seen.box
    distance = max(abs(ax + aw / 2 - bx - bw / 2), abs(ay + ah / 2 - by - bh / 2))
    near = max(0.0, 1.0 - distance / 0.3) if thing.label != PERSON else 0.0
    return max(union, 0.5 * near)


def once_each(things: Sequence[Followed]) -> list[Followed]:
    """Without second boxes around one person, strongest first: what an arm hides or shows makes two of one box."""
    kept: list[Followed] = []
    for thing in things:
        box = FoundThing(thing.label, thing.score, thing.box)
        others = (FoundThing(other.label, other.score, other.box) for other in kept if other.label == PERSON)
        if thing.label != PERSON or all(shared_part(box, other)[0] <= ONE_PERSON for other in others):
            kept.append(thing)
    return kept


def matched(things: Sequence[Followed], seen: Sequence[FoundThing]) -> dict[int, FoundThing]:
    """Number of the thing → its sighting; each sighting belongs to one thing at most.

    Strong sightings are given away first: when somebody moves, a weak second box may lie nearer to where they were.
    """
    pairs = [
        (fit * sighting.score, number, index)
        for number, thing in enumerate(things)
        for index, sighting in enumerate(seen)
        if thing.label == sighting.label and (fit := nearness(thing, sighting)) > LEAST_FIT
    ]
    found: dict[int, FoundThing] = {}
    used: set[int] = set()
    for _, number, index in sorted(pairs, reverse=True):
        if number not in found and index not in used:
            found[number] = seen[index]
            used.add(index)
    return found


def united(
    seen: Sequence[Sequence[FoundThing]], labels: Sequence[Collection[str]]
) -> Iterator[tuple[Followed, list[float]]]:
    """Each thing of several looks once, with its score in each look of a detector that knows its label."""
    left = [list(things) for things in seen]
    for number, things in enumerate(left):
        while things:
            best = max(things, key=lambda thing: thing.score)
            things.remove(best)
            thing = Followed(best.label, best.box, best.score)
            scores = [0.0] * number + [best.score]
            for others in left[number + 1 :]:
                fit = matched([thing], others)
                scores.append(fit[0].score if fit else 0.0)
                if fit:
                    others.remove(fit[0])
            yield thing, [score for score, known in zip(scores, labels, strict=True) if best.label in known]


def around(box: Box, zoom: float) -> Box:
    """A part of the picture around a box, `zoom` times its longer side, at least a fifth of the picture; in shares."""
    side = max(max(box[2], box[3]) * zoom, 0.2)
    left = min(max(box[0] + box[2] / 2 - side / 2, 0.0), 1.0)
    top = min(max(box[1] + box[3] / 2 - side / 2, 0.0), 1.0)
    return left, top, min(side, 1.0 - left), min(side, 1.0 - top)


@dataclass(frozen=True, slots=True)
class Looks:
    """A detector with the frame it looks at."""

    network: ObjectNetwork
    picture: Picture

    def at(self, part: Box | None, labels: Sequence[str], *, mirrored: bool = False) -> list[FoundThing]:
        """Things in a part of the picture (None: all of it), boxes in shares of the whole picture."""
        height, width = self.picture.shape[:2]
        x, y, w, h = part or (0.0, 0.0, 1.0, 1.0)
        left, top, right, bottom = round(x * width), round(y * height), round((x + w) * width), round((y + h) * height)
        cut = self.picture[top:bottom, left:right]
        if mirrored:
            cut = cut[:, ::-1]
        least = min(BELIEFS[label].noticed for label in labels) / 2
        found = self.network.find(cut, labels, least=least)
        return [shares(moved(thing, left, top, right if mirrored else None), (width, height)) for thing in found]


def moved(thing: FoundThing, left: int, top: int, mirror: int | None) -> FoundThing:
    """A thing of a part in the whole picture's pixels; `mirror` is the part's right edge if it was mirrored."""
    x, y, width, height = thing.box
    x = left + x if mirror is None else mirror - x - width
    return replace(thing, box=(x, y + top, width, height))


class ObjectSearch:
    """Decides what to look at in this frame, with which detector, and what to believe."""

    def __init__(self, folder: Path = MODELS_FOLDER, schedule: Schedule = SCHEDULE) -> None:
        self.networks = load_detectors(folder)
        self._schedule = schedule

    @property
    def runs(self) -> tuple[int, ...]:
        """How often each detector ran so far."""
        return tuple(network.runs for network in self.networks)

    def look(self, picture: Picture, at: float, recall: Recall, *, suspicious: bool) -> list[Followed]:
        """What is believed to be in a frame of a stream; at most one look a frame."""
        things = [thing for thing in remembered(recall) if not self._forgotten(thing, at)]
        open_question = next((thing for thing in things if thing.state == CANDIDATE), None)
        if self._due(recall, "all_at", at, self._schedule.objects_every / (2 if suspicious else 1)):
            recall["all_at"] = at
            looks = Looks(self._next_network(recall), picture)
            things = self._see_all(things, looks.at(None, WANTED), looks, at)
        elif open_question is not None and self._due(recall, "asked_at", at, self._schedule.objects_ask_every):
            recall["asked_at"] = at
            things = self._ask_again(things, open_question, picture, recall, at)
        best = once_each(sorted(things, key=lambda thing: thing.score, reverse=True)[:LONGEST_MEMORY])
        recall["things"] = [number for thing in best for number in thing.numbers()]
        return [thing for thing in best if thing.state == BELIEVED]

    def look_thoroughly(self, picture: Picture) -> list[Followed]:
        """What is in an independent picture: all detectors, the mirrored picture, closer looks at possible phones."""
        looks = [(Looks(network, picture), turned) for network in self.networks for turned in (False, True)]
        seen = [look.at(None, WANTED, mirrored=turned) for look, turned in looks]
        believed = []
        for thing, scores in united(seen, [look.network.labels for look, _ in looks]):
            belief = BELIEFS[thing.label]
            score = sum(scores) / len(scores)
            if thing.label == PHONE and score >= belief.noticed:
                closer = [look.at(around(thing.box, 2.5), (PHONE,)) for look, turned in looks if not turned]
                found = [matched([thing], answers) for answers in closer]
                scores = [*scores, *(one[0].score if one else 0.0 for one in found)]
                score = sum(scores) / len(scores)
            if score >= belief.alone and thing.area >= belief.least_area:
                believed.append(replace(thing, score=score, state=BELIEVED))
        return believed

    def _next_network(self, recall: Recall) -> ObjectNetwork:
        """The detectors take turns at the whole picture."""
        turn = recall.get("turn")
        number = int(turn) if isinstance(turn, float | int) else 0
        recall["turn"] = (number + 1) % len(self.networks)
        return self.networks[number % len(self.networks)]

    def _other_network(self, thing: Followed, recall: Recall) -> ObjectNetwork:
        """Whose turn it is to be asked about a candidate: first one that has not just proposed it."""
        able = [network for network in self.networks if thing.label in network.labels] or list(self.networks)
        turn = recall.get("turn")
        number = (int(turn) if isinstance(turn, float | int) else 0) + int(thing.looks) - 1
        return able[number % len(able)]

    def _forgotten(self, thing: Followed, at: float) -> bool:
        """Refuted long ago, or a candidate of another time (the clock jumped)."""
        if thing.state == REFUTED:
            return not 0 <= at - thing.judged_at < self._schedule.objects_forget_after
        return not 0 <= at - thing.seen_at < self._schedule.objects_forget_after

    def _due(self, recall: Recall, name: str, at: float, every: float) -> bool:
        last = recall.get(name)
        return not isinstance(last, float | int) or not 0 <= at - last < every

    def _see_all(
        self,
        things: Sequence[Followed],
        seen: Sequence[FoundThing],
        looks: Looks,
        at: float,
    ) -> list[Followed]:
        """After a look at the whole picture, which says nothing of what the detector has no name for."""
        found = matched(things, seen)
        updated = [
            self._after(thing, found.get(number), looks.network, at) if thing.label in looks.network.labels else thing
            for number, thing in enumerate(things)
        ]
        known, by = {id(sighting) for sighting in found.values()}, 1 << self._number(looks.network)
        new = [sighting for sighting in seen if id(sighting) not in known]
        return updated + [
            Followed(sighting.label, sighting.box, sighting.score, seen_at=at, judged_at=at, seen_by=float(by))
            for sighting in new
            if sighting.score >= BELIEFS[sighting.label].noticed
        ]

    def _after(self, thing: Followed, seen: FoundThing | None, network: ObjectNetwork, at: float) -> Followed:
        """A thing after a look of this detector."""
        able = sum(thing.label in one.labels for one in self.networks)
        return thing.looked(seen, at, by=self._number(network), able=able)

    def _number(self, network: ObjectNetwork) -> int:
        """Its place among the detectors."""
        return next(number for number, one in enumerate(self.networks) if one is network)

    def _ask_again(
        self, things: Sequence[Followed], asked: Followed, picture: Picture, recall: Recall, at: float
    ) -> list[Followed]:
        """One more look at a candidate: first enlarged, then in the mirrored whole; people only in the whole."""
        looks = Looks(self._other_network(asked, recall), picture)
        closer = asked.looks < 2 and asked.label != PERSON
        part = around(asked.box, 2.5) if closer else None
        same = [
            thing
            for thing in things
            if thing is asked or (thing.state == CANDIDATE and not closer and thing.label in looks.network.labels)
        ]
        labels = tuple(dict.fromkeys(thing.label for thing in same))
        found = matched(same, looks.at(part, labels, mirrored=not closer))
        after = {
            id(thing): self._after(thing, found.get(number), looks.network, at) for number, thing in enumerate(same)
        }
        return [after.get(id(thing), thing) for thing in things]


def of_label(things: Sequence[Followed], *labels: str) -> Iterator[Followed]:
    """Those with one of the labels, most certain first."""
    yield from sorted((t for t in things if t.label in labels), key=lambda thing: thing.score, reverse=True)
