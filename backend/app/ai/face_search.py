"""Every face of a frame, once each, checked: detectors propose, the face mesh confirms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from app.ai.faces import FaceDetector, FoundFace, full_range, same_face, short_range
from app.ai.landmarks import FaceMesh, Mesh
from app.ai.model_files import MODELS_FOLDER
from app.ai.networks import Array, Picture
from app.ai.picture import lit_up
from app.ai.schedule import SCHEDULE, Schedule

CONFIRMED = 0.5
"""Mesh score from which a box certainly holds a face (hands, tyres and clocks stay below 0.1)."""
FOLLOWED = 0.8
"""Mesh score from which a face is still where it was, so that the detector need not be asked."""
FIRM_POINTS = [10, 127, 356, 234, 454, 168, 172, 397]
"""Mesh points of forehead, temples, cheeks, nose bridge and jaw."""
PLACE_NUMBERS = 20
SURE_WITHOUT_MESH = 0.7
"""Profiles have no mesh: a box the mesh does not confirm counts from this detector score."""
SURE_ALONE = 0.75
"""Score from which a face beside another counts that the near detector sees and the far one does not: patterns on walls
and curtains reach 0.6 and fool the mesh too; people that near reach 0.86 and more, and the far one sees them as well.
"""
DARK_FACE = 50.0
"""Grey level of a face that is looked for once more in a picture that is lit up accordingly."""
SMALL_SHARE = 1 / 16
"""Faces narrower than this share of the picture suggest a group, in which others may be smaller still."""

Recall: TypeAlias = dict[str, float | int | str | list[float] | None]


@dataclass(frozen=True, slots=True)
class SeenFace:
    """One face and its mesh; `confirmed` says that the mesh fits, so that its points can be believed."""

    found: FoundFace
    mesh: Mesh

    @property
    def confirmed(self) -> bool:
        """Whether the mesh network sees a face in the box."""
        return self.mesh.score >= CONFIRMED

    @property
    def counts(self) -> bool:
        """Whether this is a face to report."""
        return self.confirmed or self.found.score >= SURE_WITHOUT_MESH


def tiles(picture: Picture, side: int) -> Iterator[tuple[int, int, Picture]]:
    """Overlapping squares that cover the picture: x, y, pixels."""

    def starts(length: int) -> list[int]:
        if length <= side:
            return [0]
        count = int(np.ceil((length - side) / (side * 0.7))) + 1
        return [round(i * (length - side) / (count - 1)) for i in range(count)]

    height, width = picture.shape[:2]
    for y in starts(height):
        for x in starts(width):
            yield x, y, picture[y : y + side, x : x + side]


def best_first(faces: Sequence[SeenFace]) -> list[SeenFace]:
    """Without second answers for one face: a confirmed one beats an unconfirmed one, then the larger score."""
    kept: list[SeenFace] = []
    for face in sorted(faces, key=lambda face: (face.confirmed, face.found.score), reverse=True):
        if not any(same_face(face.found, other.found) for other in kept):
            kept.append(face)
    return kept


def agreed(near: Sequence[SeenFace], far: Sequence[FoundFace]) -> list[SeenFace]:
    """The near detector's faces without ghosts: the surest, and those it is sure of or the far one sees too."""
    surest = max(near, key=lambda face: (face.confirmed, face.found.score), default=None)
    return [
        face
        for face in near
        if face is surest or face.found.score >= SURE_ALONE or any(same_face(face.found, other) for other in far)
    ]


def mesh_frame(mesh: Mesh) -> tuple[Array, float]:
    """Middle (x, y) and size of a mesh, of points that no expression moves: temples, forehead, chin's sides."""
    points = mesh.points[FIRM_POINTS, :2]
    middle = points.mean(axis=0)
    return middle, max(float(np.hypot(*(points - middle).T).mean()), 1e-3)


def place_of(face: SeenFace) -> list[float] | None:
    """Where a face is and how its box sits on its mesh, for the next frame: 4 + 12 numbers of the box and its points,
    then the mesh's middle and size.
    """
    middle, size = mesh_frame(face.mesh)
    numbers = [*face.found.box, *face.found.points.ravel().tolist(), *middle.tolist(), size, face.found.score]
    return [round(float(value), 2) for value in numbers]


def face_at(place: object) -> tuple[FoundFace, Array, float] | None:
    """The other end of place_of: the face, and its mesh's middle and size; None for anything else."""
    if not isinstance(place, list) or len(place) != PLACE_NUMBERS:
        return None
    if not all(isinstance(value, float | int) and np.isfinite(value) for value in place):
        return None
    left, top, width, height = map(float, place[:4])
    points = np.array(place[4:16], dtype=np.float32).reshape(6, 2)
    face = FoundFace((left, top, max(width, 1.0), max(height, 1.0)), points, float(place[19]))
    return face, np.array(place[16:18], dtype=np.float32), max(float(place[18]), 1e-3)


def moved_with(face: FoundFace, middle: Array, size: float, mesh: Mesh) -> FoundFace:
    """The face's box, moved and scaled as its mesh was."""
    now, larger = mesh_frame(mesh)
    scale = larger / size
    left, top, width, height = face.box
    corner = (np.array([left, top], dtype=np.float32) - middle) * scale + now
    box = (float(corner[0]), float(corner[1]), width * scale, height * scale)
    return FoundFace(box, ((face.points - middle) * scale + now).astype(np.float32), face.score)


class FaceSearch:
    """The two detectors and the mesh."""

    def __init__(self, folder: Path = MODELS_FOLDER, schedule: Schedule = SCHEDULE) -> None:
        self.near: FaceDetector = short_range(folder)
        self.far: FaceDetector = full_range(folder)
        self.mesh = FaceMesh(folder)
        self._schedule = schedule

    @property
    def runs(self) -> tuple[int, int, int]:
        """How often the near, the far and the mesh network ran so far: what frames cost."""
        return self.near.runs, self.far.runs, self.mesh.runs

    def look(self, picture: Picture, at: float, recall: Recall) -> list[SeenFace]:
        """Faces of one frame of a stream, main face first.

        `recall` keeps when the background was last searched, and the place of a face that was alone: there the mesh
        looks again without asking the detector, until it sees none or `near_every` has passed.
        """
        followed = self._followed(picture, at, recall)
        if followed is not None:
            recall["face"] = place_of(followed)
            return [followed]
        found = self._search(picture, at, recall)
        recall["near_at"] = at
        alone = len(found) == 1 and found[0].confirmed
        recall["face"] = place_of(found[0]) if alone else None
        return found

    def _followed(self, picture: Picture, at: float, recall: Recall) -> SeenFace | None:
        """The only face of the last frame, where it still is; None when it is time or reason for a search."""
        last, back = recall.get("near_at"), recall.get("background_at")
        if not isinstance(last, float | int) or not 0 <= at - last < self._schedule.near_every:
            return None
        if not isinstance(back, float | int) or not 0 <= at - back < self._schedule.background_every:
            return None
        place = face_at(recall.get("face"))
        if place is None:
            return None
        face, middle, size = place
        mesh = self.mesh.look(picture, face)
        return SeenFace(moved_with(face, middle, size, mesh), mesh) if mesh.score >= FOLLOWED else None

    def _search(self, picture: Picture, at: float, recall: Recall) -> list[SeenFace]:
        """Faces by the detectors."""
        proposed = self.near.find(picture)
        far = self.far.find(picture) if self._is_time_for_far(at, recall) else None
        alone = self._alone(picture, proposed, far)
        if alone is not None:
            recall.update(background_at=at, background=0)
            return [alone]
        near = self._seen(picture, proposed)
        if far is None and sum(face.counts for face in near) == 1 and any(face.confirmed for face in near):
            return self._ordered(near)
        far = self.far.find(picture) if far is None else far
        near = agreed(near, far)
        counted = self._ordered(best_first([*near, *self._seen(picture, far)]))
        recall["background_at"] = at
        recall["background"] = int(len(counted) > len(self._ordered(near)))
        return counted or self._in_the_dark(picture)

    def _in_the_dark(self, picture: Picture) -> list[SeenFace]:
        """One more look where none was found: dark faces score lower, and nobody is called absent for that."""
        lit = lit_up(picture, DARK_FACE)
        sure = [face for face in self.near.find(lit) if face.score >= SURE_ALONE]
        return self._ordered([face for face in self._seen(lit, sure) if face.confirmed])

    def look_thoroughly(self, picture: Picture) -> list[SeenFace]:
        """Faces of an independent picture: both detectors, and closer looks where only small ones or none are found."""
        near, far = self.near.find(picture), self.far.find(picture)
        seen = agreed(self._seen(picture, near, at_most=len(near)), far)
        counted = self._ordered(best_first([*seen, *self._seen(picture, far, at_most=len(far))]))
        small = max(picture.shape[:2]) * SMALL_SHARE
        if any(face.found.box[2] >= small for face in counted):
            return counted
        closer = [
            face.moved(x, y)
            for x, y, part in tiles(picture, self._schedule.thorough_side)
            for face in self.far.find(part)
        ]
        closer = sorted(closer, key=lambda face: face.score, reverse=True)[: self._schedule.thorough_at_most]
        seen = [face for face in self._seen(picture, closer, at_most=len(closer)) if face.confirmed]
        return self._ordered(best_first([*counted, *seen]))

    def _alone(self, picture: Picture, near: Sequence[FoundFace], far: Sequence[FoundFace] | None) -> SeenFace | None:
        """The one face that both detectors see, by the surer one's box: what the other one's mesh would say is not
        needed. None where it is not so simple.
        """
        if far is None or len(near) != 1 or len(far) != 1 or not same_face(near[0], far[0]):
            return None
        (face,) = self._seen(picture, [max(*near, *far, key=lambda face: face.score)])
        return face if face.confirmed else None

    def _is_time_for_far(self, at: float, recall: Recall) -> bool:
        """Somebody behind last time, or simply time for it. Doubts about the student are a reason of their own."""
        last = recall.get("background_at")
        return bool(recall.get("background")) or (
            not isinstance(last, float | int) or not 0 <= at - last < self._schedule.background_every
        )

    def _seen(self, picture: Picture, faces: Sequence[FoundFace], at_most: int | None = None) -> list[SeenFace]:
        """The faces with their meshes, largest first; what is over the limit is left for the next frame."""
        limit = self._schedule.others_at_most + 1 if at_most is None else at_most
        largest = sorted(faces, key=lambda face: face.area, reverse=True)[:limit]
        return [SeenFace(face, self.mesh.look(picture, face)) for face in largest]

    def _ordered(self, faces: Sequence[SeenFace]) -> list[SeenFace]:
        """Those that count; the main face first: confirmed, then the largest."""
        counted = [face for face in faces if face.counts]
        return sorted(counted, key=lambda face: (face.confirmed, face.found.area), reverse=True)
