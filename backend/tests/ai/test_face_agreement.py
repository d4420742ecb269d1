"""A second face needs both face detectors, or one that is sure of it; the mesh alone is fooled by patterns."""

import numpy as np

from app.ai.face_search import SeenFace, agreed
from app.ai.faces import FoundFace
from app.ai.landmarks import Mesh


def face(left: float, score: float) -> FoundFace:
    return FoundFace((left, 100.0, 150.0, 150.0), np.zeros((6, 2), np.float32), score)


def seen(found: FoundFace, mesh: float) -> SeenFace:
    return SeenFace(found, Mesh(np.zeros((468, 3), np.float32), mesh))


def test_a_pattern_that_fools_the_mesh_is_no_second_face() -> None:
    student, pattern = seen(face(300, 0.95), 1.0), seen(face(120, 0.59), 0.82)
    assert agreed([pattern, student], [student.found]) == [student]


def test_a_second_face_counts_when_both_detectors_see_it() -> None:
    student, other = seen(face(300, 0.95), 1.0), seen(face(120, 0.59), 0.82)
    assert agreed([student, other], [student.found, face(125, 0.6)]) == [student, other]


def test_a_second_face_counts_when_one_detector_is_sure_of_it() -> None:
    student, other = seen(face(300, 0.95), 1.0), seen(face(120, 0.9), 0.9)
    assert agreed([student, other], []) == [student, other]


def test_somebody_alone_needs_no_agreement() -> None:
    alone = seen(face(300, 0.55), 0.9)
    assert agreed([alone], []) == [alone]
    assert agreed([], [face(0, 0.9)]) == []
