"""The list of detectors, in order. A new one is one file in detectors/ and one line here."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from app.ai.detectors.book_detected import BookDetected
from app.ai.detectors.camera_blocked import CameraBlocked
from app.ai.detectors.face_covered import FaceCovered
from app.ai.detectors.face_not_detected import FaceNotDetected
from app.ai.detectors.face_spoof import FaceSpoof
from app.ai.detectors.frozen_video import FrozenVideo
from app.ai.detectors.hand_at_ear import HandAtEar
from app.ai.detectors.identity_mismatch import IdentityMismatch
from app.ai.detectors.laptop_detected import LaptopDetected
from app.ai.detectors.looking_away import LookingAway
from app.ai.detectors.looking_down import LookingDown
from app.ai.detectors.looped_video import LoopedVideo
from app.ai.detectors.more_persons import MorePersons
from app.ai.detectors.mouth_and_voice import SILENT_SPEECH, VOICE_ELSEWHERE
from app.ai.detectors.multiple_faces import MultipleFaces
from app.ai.detectors.phone_detected import PhoneDetected
from app.ai.detectors.unauthorized_object import UnauthorizedObject
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.sources import Source
from app.domain.violations import Observation, ViolationKind


class Detector(Protocol):
    """Looks at one frame for one kind. Keeps nothing: what it must remember goes into `recall` (JSON-able, small)."""

    @property
    def kind(self) -> ViolationKind:
        """What it looks for; also the name of its memory."""
        ...

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """What is there in this frame. Only called for frames that can be judged."""
        ...


DETECTORS: tuple[Detector, ...] = (
    CameraBlocked(),
    FaceNotDetected(),
    MultipleFaces(),
    MorePersons(),
    LookingAway(),
    LookingDown(),
    FaceCovered(),
    HandAtEar(),
    VOICE_ELSEWHERE,
    SILENT_SPEECH,
    FrozenVideo(),
    LoopedVideo(),
    FaceSpoof(),
    PhoneDetected(),
    BookDetected(),
    LaptopDetected(),
    UnauthorizedObject(),
    IdentityMismatch(),
)
"""For the main camera."""

SECOND_CAMERA_DETECTORS: tuple[Detector, ...] = (
    CameraBlocked(),
    MorePersons(),
    PhoneDetected(),
    BookDetected(),
    LaptopDetected(allowed=1),
)
"""It stands aside and sees desk and room: no gaze, no absence, no identity; the exam's own computer may be in view."""

DETECTORS_OF: Mapping[Source, tuple[Detector, ...]] = {
    Source.CAMERA: DETECTORS,
    Source.SECOND_CAMERA: SECOND_CAMERA_DETECTORS,
    Source.SCREEN: (),
}
"""A screen is compared with its last frame (screen_change.py) and judged by nobody."""
