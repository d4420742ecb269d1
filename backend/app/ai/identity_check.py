"""When the student's face is compared with the reference, and what follows from the comparisons over time.

The memory holds times and counts only: embeddings travel in requests and reports and are kept nowhere here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.ai.attention import number
from app.ai.face_identity import Comparable, FaceEmbedder, similarity, why_not_comparable
from app.ai.face_search import Recall, SeenFace
from app.ai.networks import Array, Picture
from app.ai.schedule import SCHEDULE, Schedule

SAME_FROM = 0.625
"""Cosine from which two pictures show one person, fixed on forty others' pictures: docs/accuracy/identity.md."""
DIFFERENT_BELOW = 0.52
"""Below this a comparison speaks against the person; in between it speaks neither way, and is repeated soon."""
FIRM = Comparable(side=80.0, yaw=20.0, pitch=20.0, dark=50.0, sharp=0.04)
"""A face good enough to be the reference itself."""
ANOTHER = 0.4
"""A second face counts from this part of the main one's width: a poster on the wall is nobody to be enrolled."""


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """One attempt: `similarity` −1..1, `problem`: why it says nothing, or `template` where one was wanted."""

    similarity: float | None = None
    problem: str | None = None
    template: bytes | None = None


def packed(embedding: Array) -> bytes:
    """As it travels and is kept: float16, 2 bytes a number."""
    return embedding.astype(np.float16).tobytes()


def unpacked(template: bytes) -> Array:
    """The other end of packed."""
    return np.frombuffer(template, np.float16).astype(np.float32)


def large_faces(faces: Sequence[SeenFace]) -> list[SeenFace]:
    """The main face and whoever sits beside it, at most three."""
    return [
        face
        for face in faces
        if face is faces[0] or (face.confirmed and face.found.box[2] >= ANOTHER * faces[0].found.box[2])
    ][:3]


def enrol(
    picture: Picture, faces: Sequence[SeenFace], embedder: FaceEmbedder, limits: Comparable = FIRM
) -> IdentityCheck:
    """A template of the only face, if it is good enough to be compared with from now on."""
    large = large_faces(faces)
    if len(large) != 1:
        return IdentityCheck(problem="several_faces" if large else "no_face")
    problem = why_not_comparable(picture, large[0], limits)
    if problem is not None:
        return IdentityCheck(problem=problem)
    return IdentityCheck(template=packed(embedder.embed(picture, large[0])))


def compare(picture: Picture, faces: Sequence[SeenFace], embedder: FaceEmbedder, reference: bytes) -> IdentityCheck:
    """The face against the reference. Beside others the best fit counts, and only for the person, never against."""
    large = large_faces(faces)
    problems = [why_not_comparable(picture, face) for face in large]
    fit = [face for face, problem in zip(large, problems, strict=True) if problem is None]
    if not fit:
        return IdentityCheck(problem=problems[0] if problems else "no_face")
    expected = unpacked(reference)
    best = max(similarity(embedder.embed(picture, face), expected) for face in fit)
    problem = "several_faces" if len(large) > 1 and best < SAME_FROM else None
    return IdentityCheck(round(best, 4), problem)


def is_due(recall: Recall, at: float, *, present: bool, every: float | None, schedule: Schedule = SCHEDULE) -> bool:
    """Whether to compare now: by the clock, sooner in doubt, and at once when somebody returns from an absence."""
    if not present:
        if recall.get("away_since") is None:
            recall["away_since"] = at
        return False
    away_since = recall.get("away_since")
    recall["away_since"] = None
    if isinstance(away_since, float | int) and at - away_since >= schedule.identity_absence:
        recall["wait"] = 0.0
    wait = number(recall, "wait", 0.0) if every is None else every
    return not 0 <= at - number(recall, "tried_at", -1e9) < wait


def remember(recall: Recall, check: IdentityCheck, at: float, schedule: Schedule = SCHEDULE) -> None:
    """Count what speaks against the person in a row; pictures that cannot be compared speak neither way."""
    recall["tried_at"] = at
    recall["wait"] = schedule.identity_in_doubt
    if check.similarity is None or check.problem is not None:
        return
    if check.similarity >= SAME_FROM:
        recall.update(mismatches=0, wait=schedule.identity_every)
        return
    if check.similarity >= DIFFERENT_BELOW:
        return
    count = number(recall, "mismatches", 0.0)
    mean = number(recall, "similarity", 0.0)
    recall["since"] = at if count == 0 else number(recall, "since", at)
    recall["similarity"] = round((mean * count + check.similarity) / (count + 1), 4) if count else check.similarity
    recall["mismatches"] = count + 1
