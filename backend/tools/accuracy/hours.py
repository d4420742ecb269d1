"""Long quiet sittings for counting false alarms: people who sway, lamps that change, cameras that hunt for focus.

Made from real portraits, photographs and the real video, under every variation of sittings.py and with things worn; and
sittings in which somebody else takes the student's place. Everything follows from a seed, and one person moves in the
same way under every variation: whatever differs between two groups, the group made.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from app.ai.face_search import FaceSearch
from app.ai.networks import Picture
from app.ai.picture import encode
from app.domain.violations import ViolationKind
from tools.accuracy.scenes import DATA, VIDEOS, photographs, read, video_frames
from tools.accuracy.sittings import Variation, variations
from tools.accuracy.worn import Change as Dress
from tools.accuracy.worn import beard, glasses, scarf, toned

FPS = 1.0
WIDTH, HEIGHT = 640, 480
FACE_SHARE = (0.16, 0.3)
"""Width of the face over that of the picture, as people sit before laptops."""
SWAP_AT, SWAP_SECONDS = 60.0, 60.0
PORTRAITS = ("obama.jpg", "biden.jpg", "biden2.jpg")
"""Those who look into the camera, alone in the picture."""
SAME = (("center_focus", "center_left_center"), ("biden.jpg", "biden2.jpg"))
"""Pictures of one person, who is no stranger to himself."""
NOISES = 8
STRANGERS = {
    "000000000113": (0, 1),
    "000000000165": (0,),
    "000000000294": (0,),
    "000000000370": (0,),
    "000000000389": (0,),
    "000000000459": (0,),
}
"""Photograph → the faces in it, main face first, that are people before a camera."""
WORN: dict[str, Dress] = {
    "glasses": glasses((30, 30, 34)),
    "headscarf": scarf((70, 110, 80)),
    "full beard": beard((25, 20, 18)),
    "niqab": scarf((25, 25, 28), niqab=True),
}
WALL = (125, 125, 125)
"""Where the source has no more picture: repeated or mirrored edges grow bodies and arms."""


@dataclass(frozen=True, slots=True)
class Person:
    """Pictures of one person in the order they are shown, and where the face lies in them (x, y, width).

    `posed`: looks into the camera. Photographed strangers look where they like, which says nothing about gaze.
    """

    name: str
    pictures: tuple[Picture, ...]
    face: tuple[float, float, float]
    posed: bool = True


@dataclass(frozen=True, slots=True)
class LongSitting:
    """Minutes of one person; with a `stranger`, who takes the place after SWAP_AT seconds.

    `draw`: whose chance rules how they move; None for one of its own.
    """

    name: str
    variation: Variation
    person: Person
    seconds: float
    stranger: Person | None = None
    draw: int | None = None
    fps: float = FPS
    events: dict[ViolationKind, tuple[float, float]] = field(default_factory=dict)

    def encoded(self, rng: np.random.Generator) -> Iterator[tuple[float, bytes]]:
        """Time and JPEG of every frame."""
        moves = movement(rng, share=float(rng.uniform(*FACE_SHARE)))
        for number in range(int(self.seconds * self.fps)):
            at = number / self.fps
            there = self.stranger if self.stranger and at >= SWAP_AT else self.person
            pixels = shown(there, number, next(moves), rng)
            changed = self.variation.change(pixels).astype(np.int16)
            noise = noises()[int(rng.integers(NOISES))][: changed.shape[0], : changed.shape[1]]
            yield at, encode((changed + noise).clip(0, 255).astype(np.uint8), self.variation.quality)


@cache
def noises() -> tuple[NDArray[np.int16], ...]:
    """A sensor's noise, drawn once: fresh noise for each frame would cost more than looking at it."""
    rng = np.random.default_rng(5)
    return tuple(rng.normal(0, 2, (HEIGHT, WIDTH, 3)).round().astype(np.int16) for _ in range(NOISES))


def movement(rng: np.random.Generator, *, share: float) -> Iterator[NDArray[np.float64]]:
    """x, y (shares of the picture), size of the face (share), turn (degrees), light, blur: wandering, never far.

    Now and then somebody leans aside or forwards for a while.
    """
    rest = np.array([rng.uniform(0.42, 0.58), rng.uniform(0.36, 0.5), share, rng.uniform(-4, 4), 1.0, 0.3])
    width = np.array([0.02, 0.015, 0.008, 1.5, 0.06, 0.25])
    sway, lean, until = np.zeros(6), np.zeros(6), 0.0
    for number in range(10**9):
        sway = 0.8 * sway + 0.6 * rng.normal(0, width)
        if number >= until:
            lean = rng.normal(0, [0.05, 0.02, 0.02, 4.0, 0.08, 0.0]) * (rng.random() < 0.4)
            until = number + rng.uniform(5, 30)
        yield rest + sway + lean


def shown(person: Person, number: int, move: NDArray[np.float64], rng: np.random.Generator) -> Picture:
    """The person as a camera sees them in this moment."""
    x, y, size, turn, light, blur = move
    pictures = person.pictures
    forth = [*range(len(pictures)), *range(len(pictures) - 2, 0, -1)]
    source = pictures[forth[number % len(forth)]]
    face_x, face_y, face_width = person.face
    scale = float(np.clip(size, 0.1, 0.4)) * WIDTH / face_width
    matrix = cv2.getRotationMatrix2D((face_x, face_y), float(turn), scale)
    matrix[:, 2] += np.array([np.clip(x, 0.25, 0.75) * WIDTH - face_x, np.clip(y, 0.3, 0.6) * HEIGHT - face_y])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.warpAffine(source, matrix, (WIDTH, HEIGHT), flags=way, borderValue=WALL)
    if blur > 0.4:
        seen = cv2.GaussianBlur(seen, (0, 0), min(float(blur), 1.2))
    lit = seen.astype(np.float32) * float(np.clip(light, 0.75, 1.25)) + float(rng.normal(0, 1))
    return np.asarray(lit.clip(0, 255), np.uint8)


def people() -> list[Person]:
    """Everybody there is: the man of the videos, while he looks at the screen, and the portraits."""
    search = FaceSearch()
    found = []
    centre, aside = (video_frames(name, 0.5) for name in VIDEOS[:2])
    sources: dict[str, list[Picture]] = {"center_focus": centre, "center_left_center": aside[:8]}
    sources |= {name: [sized(read(DATA / "faces" / name))] for name in PORTRAITS if (DATA / "faces" / name).is_file()}
    sources["astronaut"] = [np.asarray(skimage.data.astronaut(), np.uint8)]  # type: ignore[no-untyped-call]
    for name, pictures in sources.items():
        faces = search.look_thoroughly(pictures[0])
        if len(faces) == 1:
            left, top, width, height = faces[0].found.box
            found.append(Person(name, tuple(pictures), (left + width / 2, top + height / 2, width)))
    return found


def sized(pixels: Picture) -> Picture:
    """No larger than needed."""
    scale = min(1.0, 1280 / max(pixels.shape[:2]))
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def is_same(one: Person, other: Person) -> bool:
    """Whether two are one person in other pictures."""
    names = {one.name, other.name}
    return one.name == other.name or any(names <= set(group) for group in SAME)


def strangers() -> list[Person]:
    """Faces cut out of labelled photographs, with nothing in their hands, turned to the camera: chosen by eye."""
    search, found = FaceSearch(), []
    for photograph in photographs():
        faces = search.look_thoroughly(photograph.pixels) if photograph.name in STRANGERS else []
        for number in STRANGERS.get(photograph.name, ()):
            left, top, width, height = faces[number].found.box
            x, y = int(max(left - 0.8 * width, 0)), int(max(top - height, 0))
            part = photograph.pixels[y : int(top + 2.2 * height), x : int(left + 1.8 * width)]
            middle = (left - x + width / 2, top - y + height / 2, width)
            found.append(Person(f"{photograph.name}/{number}", (part,), middle, posed=False))
    return found


def dressed(person: Person, dress: Dress, search: FaceSearch) -> Person | None:
    """The person with something drawn on every picture; None where a face's points cannot be found in one."""
    pictures = []
    for pixels in person.pictures:
        faces = search.look_thoroughly(pixels)
        if not faces or not faces[0].confirmed:
            return None
        pictures.append(dress(pixels, faces[0].mesh))
    return replace(person, pictures=tuple(pictures))


def quiet_sittings(hours: float) -> Iterator[LongSitting]:
    """Every person under every variation and with everything worn, `hours` together, in which nothing happens."""
    everybody, ways, search = [*people(), *strangers()], variations(), FaceSearch()
    drawn = [(way, toned(way.change)) for way in ways if way.trait == "skin"]
    drawn += [(Variation("worn", name, unchanged), dress) for name, dress in WORN.items()]
    filmed = [way for way in ways if way.trait != "skin"]
    seconds = hours * 3600 / (len(everybody) * (len(filmed) + len(drawn)))
    for variation in filmed:
        for number, person in enumerate(everybody):
            yield LongSitting("quiet", variation, person, seconds, draw=number)
    for variation, dress in drawn:
        for number, person in enumerate(everybody):
            changed = dressed(person, dress, search)
            if changed is not None:
                yield LongSitting("quiet", replace(variation, change=unchanged), changed, seconds, draw=number)


def unchanged(pixels: Picture) -> Picture:
    """As it is."""
    return pixels


def swapped_sittings(each: int = 1) -> Iterator[LongSitting]:
    """Under every variation, somebody else takes the place, `each` times; pairs take turns."""
    everybody = people()
    pairs = [(one, other) for one in everybody for other in everybody if not is_same(one, other)]
    order = np.random.default_rng(17).permutation(len(pairs))
    for number, variation in enumerate(way for way in variations() for _ in range(each)):
        person, stranger = pairs[int(order[number % len(pairs)])]
        event = {ViolationKind.IDENTITY_MISMATCH: (SWAP_AT, SWAP_AT + SWAP_SECONDS)}
        yield LongSitting("another person", variation, person, SWAP_AT + SWAP_SECONDS, stranger, events=event)
