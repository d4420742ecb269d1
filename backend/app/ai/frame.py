"""One decoded frame; everything detectors share is computed once, when first asked for, and timed."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from app.ai import quality as judge
from app.ai.attention import (
    Attention,
    Direction,
    both_eyes,
    compare,
    eye_angles,
    head_angles,
    is_calm,
    number,
    still_valid,
)
from app.ai.face_cover import halves
from app.ai.face_identity import FaceEmbedder
from app.ai.face_search import FaceSearch, Recall, SeenFace
from app.ai.hands import HandFinder, NearHand, denied_in, unpacked
from app.ai.identity_check import IdentityCheck, enrol, is_due, remember
from app.ai.identity_check import compare as compare_identity
from app.ai.landmarks import LEFT_EYE, RIGHT_EYE, IrisFinder, Mesh
from app.ai.model_files import MODELS_FOLDER
from app.ai.mouth import movement, parted
from app.ai.networks import Array, Picture
from app.ai.object_search import Followed, ObjectSearch
from app.ai.picture import Decoded
from app.ai.schedule import SCHEDULE
from app.ai.screen_change import change_since
from app.ai.types import FrameRequest, Memory, Quality
from app.domain.sources import Source
from app.domain.violations import NeutralState, ViolationKind

SIGNATURE = (32, 24)
EVERYTHING = frozenset(ViolationKind)
ASIDE, DOWN = 9.0, 10.0
"""Degrees from rest from which hands and desk deserve a look."""
STRAIGHT, LEAST_FACE, HAND_ASIDE = 25.0, 64, 0.5
"""A mouth can be judged up to this turn of the head (degrees), from this width of the face (working pixels) on, and
without a hand this near before it (face widths)."""


@dataclass(frozen=True, slots=True)
class Networks:
    """All loaded models of one worker."""

    faces: FaceSearch
    irises: IrisFinder
    objects: ObjectSearch
    embedder: FaceEmbedder
    hands: HandFinder


@contextmanager
def silenced() -> Iterator[None]:
    """LiteRT greets on stderr and has no switch for it; errors come as exceptions and are not lost by this."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def load_networks(folder: Path = MODELS_FOLDER) -> Networks:
    """Load every model; raises ModelRefused when one is not what the manifest says."""
    with silenced():
        return Networks(
            FaceSearch(folder), IrisFinder(folder), ObjectSearch(folder), FaceEmbedder(folder), HandFinder(folder)
        )


class Frame:
    """A picture with its lazily measured properties. `stages` collects milliseconds by stage, without nested ones."""

    def __init__(self, decoded: Decoded, request: FrameRequest, networks: Networks, stages: dict[str, float]) -> None:
        self.pixels: Picture = decoded.pixels
        self.scale = decoded.scale
        self.width = decoded.width
        self.height = decoded.height
        self.at = request.at
        self.single = request.single
        self.source = request.source
        self.speech = request.speech
        self.memory: Memory = {name: dict(values) for name, values in request.memory.items()}
        self.stages = stages
        self._request = request
        self._networks = networks

    def recall(self, name: str) -> Recall:
        """What `name` remembers of this exam session; change it in place."""
        return self.memory.setdefault(name, {})

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time inside to a stage; what other stages took meanwhile is theirs."""
        others = sum(self.stages.values())
        begin = time.perf_counter()
        yield
        spent = (time.perf_counter() - begin) * 1000 - (sum(self.stages.values()) - others)
        self.stages[stage] = self.stages.get(stage, 0.0) + spent

    @cached_property
    def grey(self) -> Picture:
        """Grey, long side ≤ 320."""
        with self.timed("quality"):
            return judge.grey_of(self.pixels)

    @cached_property
    def quality(self) -> Quality:
        """Brightness, contrast, sharpness."""
        grey = self.grey
        with self.timed("quality"):
            return judge.measure(grey)

    @cached_property
    def digest(self) -> str:
        """Changes with any pixel; equal only for exact repeats, which no camera sensor makes."""
        grey = self.grey
        with self.timed("digest"):
            return hashlib.blake2b(grey.tobytes(), digest_size=16).hexdigest()

    @cached_property
    def signature(self) -> bytes:
        """32×24 grey levels: what is left of the picture once a codec's and a sensor's noise are averaged away."""
        grey = self.grey
        with self.timed("digest"):
            return cv2.resize(grey, SIGNATURE, interpolation=cv2.INTER_AREA).astype(np.uint8).tobytes()

    @cached_property
    def faces(self) -> list[SeenFace]:
        """Faces in working pixels, main face first. Also looked for where nothing may be concluded: it is only told.

        Nobody's face is looked for by a second camera: it stands aside, and an absent face there means nothing.
        Nor where every kind is switched off.
        """
        if self.source is not Source.CAMERA or self._request.disabled >= EVERYTHING:
            return []
        with self.timed("faces"):
            if self.single:
                return self._networks.faces.look_thoroughly(self.pixels)
            return self._networks.faces.look(self.pixels, self.at, self.recall("faces"))

    @cached_property
    def main_face(self) -> SeenFace | None:
        """The student's face, when its points can be believed."""
        return self.faces[0] if self.faces and self.faces[0].confirmed else None

    @cached_property
    def states(self) -> tuple[NeutralState, ...]:
        """Why nothing may be concluded from this frame; empty for a frame that can be judged. A screen may be black."""
        if self.source is Source.SCREEN:
            return ()
        return judge.hopeless(self.quality) or judge.doubtful(
            self.quality, face_found=bool(self.faces), structured=judge.is_structured(self.signature)
        )

    @cached_property
    def blocked(self) -> bool:
        """An even picture without any face: something covers the lens, or the room is pitch dark."""
        return judge.is_even(self.quality) and not self.states and not self.faces and self.source is not Source.SCREEN

    @cached_property
    def change(self) -> float | None:
        """Share of a screen's tiles that differ from its last frame; None for cameras and independent pictures."""
        if self.source is not Source.SCREEN or self.single:
            return None
        grey = self.grey
        with self.timed("change"):
            return change_since(grey, self.recall("screen"))

    @cached_property
    def head(self) -> tuple[float, float, float] | None:
        """Yaw, pitch, roll in degrees (types.Head)."""
        return head_angles(self.main_face.mesh) if self.main_face else None

    @cached_property
    def direction(self) -> Direction | None:
        """Raw angles of head and eyes."""
        face = self.main_face
        if face is None:
            return None
        recall: Recall = {} if self.single else self.recall("attention")
        yaw, pitch, roll = head = head_angles(face.mesh)
        known = still_valid(head, self.at, recall, SCHEDULE.eyes_every)
        if known is not None:
            return Direction(*head, *known)
        recall["calm"] = None
        with self.timed("irises"):
            right = self._eye(face.mesh, RIGHT_EYE)
            if right is not None:
                x, y = both_eyes(right, None, recall) or right
                seen = Direction(yaw, pitch, roll, x, y)
                if is_calm(seen, recall):
                    recall["calm"] = [self.at, yaw, pitch, x, y]
                    return seen
            eyes = both_eyes(right, self._eye(face.mesh, LEFT_EYE), recall)
        return Direction(yaw, pitch, roll, *(eyes or (None, None)))

    def _eye(self, mesh: Mesh, corners: tuple[int, int]) -> tuple[float, float] | None:
        """One eye's turn; None when it is shut."""
        return eye_angles(self._networks.irises.look(self.pixels, mesh, corners), right=corners == RIGHT_EYE)

    @cached_property
    def attention(self) -> Attention | None:
        """Line of sight against the person's rest; None without a face, with shut eyes, and in unjudgeable frames."""
        if self.states or self.direction is None:
            return None
        return compare(self.direction, self.at, {} if self.single else self.recall("attention"))

    @cached_property
    def suspicious(self) -> bool:
        """Nobody to be seen, or eyes off the screen, down included: worth a closer look at what is in the hands."""
        if not self.faces:
            return self.source is Source.CAMERA
        seen = self.attention
        return seen is not None and (abs(seen.side) > ASIDE or seen.height > DOWN)

    @cached_property
    def things(self) -> list[Followed]:
        """Things and people believed to be in the picture; boxes in shares of it. Looked for by schedule."""
        if self.states or self.blocked or self.source is Source.SCREEN:
            return []
        suspicious = not self.single and self.suspicious
        with self.timed("objects"):
            if self.single:
                return self._networks.objects.look_thoroughly(self.pixels)
            return self._networks.objects.look(self.pixels, self.at, self.recall("objects"), suspicious=suspicious)

    @cached_property
    def hands(self) -> list[NearHand]:
        """Hands near the main face as of the last look, which comes by schedule; in face widths from its middle."""
        face, recall = self.main_face, self.recall("hands")
        if face is None or self.single:
            return []
        known = unpacked(recall.get("hands"))
        every = SCHEDULE.hands_ask_every if known else SCHEDULE.hands_every
        if 0 <= self.at - number(recall, "at", -1e9) < every:
            return known
        with self.timed("hands"):
            denied = denied_in(recall.get("denied"), self.at, SCHEDULE.hands_forget_after)
            found, none = self._networks.hands.near(self.pixels, face.found, self.at, denied)
        recall["at"] = self.at
        for name, seen in (("hands", found), ("denied", none)):
            recall[name] = [round(value, 3) for one in seen for value in astuple(one)]
        return found

    @cached_property
    def mouth_moves(self) -> float | None:
        """How much the lips move (mouth.py); None for turned heads, small or hidden mouths, and too few looks."""
        face = self.main_face
        if face is None or self.single or self.head is None or max(map(abs, self.head[:2])) > STRAIGHT:
            return None
        if face.found.box[2] < LEAST_FACE or any(abs(hand.x) < HAND_ASIDE and hand.y > 0 for hand in self.hands):
            return None
        return movement(parted(face.mesh), self.at, self.recall("mouth"))

    @cached_property
    def halves(self) -> tuple[Array, Array] | None:
        """Median colours (L*a*b*) of the upper and the lower half of the main face."""
        if self.main_face is None:
            return None
        with self.timed("cover"):
            return halves(self.pixels, self.main_face.mesh)

    @cached_property
    def identity(self) -> IdentityCheck | None:
        """The main face against the reference, or as a template; None when it is not the time for either."""
        request = self._request
        if self.states or self.blocked:
            return IdentityCheck(problem=str(self.states[0]) if self.states else "no_face") if self.single else None
        faces = self.faces
        with self.timed("identity"):
            if request.reference is not None:
                return self._compared(request.reference, faces)
            if request.enrol and (self.single or self._may_enrol()):
                return enrol(self.pixels, faces, self._networks.embedder)
        return None

    def _compared(self, reference: bytes, faces: list[SeenFace]) -> IdentityCheck | None:
        recall = {} if self.single else self.recall("identity")
        if not is_due(recall, self.at, present=self.single or bool(faces), every=self._request.identity_every):
            return None
        check = compare_identity(self.pixels, faces, self._networks.embedder, reference)
        remember(recall, check, self.at)
        return check

    def _may_enrol(self) -> bool:
        """Pictures for a reference are seconds apart."""
        recall = self.recall("identity")
        if 0 <= self.at - number(recall, "enrol_at", -1e9) < SCHEDULE.enrol_every:
            return False
        recall["enrol_at"] = self.at
        return True
