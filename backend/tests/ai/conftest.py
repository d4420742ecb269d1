"""What the tests of seeing share: one pipeline, pictures made here, and the real material where it is at hand."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameReport, FrameRequest, Memory

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The real models."""
    return Pipeline()


@pytest.fixture(scope="session")
def portrait() -> Picture:
    """A real face, 480×480 RGB (scikit-image's astronaut)."""
    picture: Picture = data.astronaut()  # type: ignore[no-untyped-call]
    return picture[0:480, 0:480]


@pytest.fixture(scope="session")
def webcam(portrait: Picture) -> Picture:
    """The portrait in a 640×480 webcam's picture, in front of a grey wall with a sensor's noise."""
    noise = np.random.default_rng(1).normal(0, 6, (480, 640, 3))
    scene = np.clip(120 + noise, 0, 255).astype(np.uint8)
    scene[:, 80:560] = portrait
    return scene


@pytest.fixture(scope="session")
def empty_room() -> Picture:
    """A sharp, well-lit picture without any face: a wall of coloured tiles."""
    tiles = np.random.default_rng(2).integers(60, 240, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(tiles, (640, 480), interpolation=cv2.INTER_NEAREST).astype(np.uint8)


@pytest.fixture
def look(pipeline: Pipeline) -> Callable[[Picture], FrameReport]:
    """Judge one picture as an independent frame of a stream."""

    def look(picture: Picture, at: float = 0.0, memory: Memory | None = None) -> FrameReport:
        return pipeline.look(FrameRequest(encode(picture, 85), at, memory or {}))

    return look


@pytest.fixture
def shared_data() -> Path:
    """The folder of real videos and pictures; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real videos and pictures (../shared/data) are not on this machine")
    return SHARED
