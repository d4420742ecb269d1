"""Makes a camera's video of somebody who turns the head to one side, to the other, and back, again and again.

python -m tools.make_turning_video ../../shared/data/faces/short_hamilton_clip.mp4 turning.y4m

A few moments of a real clip, each held for a while; the other side is the same one in a mirror.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tools.make_face_video import HEIGHT, PLAIN_FPS, WIDTH, Picture


@dataclass(frozen=True, slots=True)
class Pose:
    """A moment of the clip: which frame, and where the head is in it."""

    frame: int
    across: int
    mirrored: bool = False


REST, SIDE, OTHER_SIDE = Pose(179, 240), Pose(209, 340), Pose(209, 340, mirrored=True)
COURSE = ((REST, 2.2), (SIDE, 1.6), (REST, 1.6), (OTHER_SIDE, 1.6))
"""Seconds; shorter than a task's time, so that the side asked for comes within it. At rest more than half of it."""


def main(clip: Path, target: Path) -> None:
    """Write one round, which a camera repeats."""
    noise = np.random.default_rng(1)
    moments = {pose: moment(clip, pose) for pose, _ in COURSE}
    with target.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{PLAIN_FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for pose, seconds in COURSE:
            for _ in range(round(seconds * PLAIN_FPS)):
                grainy = moments[pose].astype(np.int16) + noise.integers(-4, 5, moments[pose].shape, np.int16)
                frame = np.clip(grainy, 0, 255).astype(np.uint8)
                file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())


def moment(clip: Path, pose: Pose) -> Picture:
    """The head and shoulders, as large as before a laptop."""
    video = cv2.VideoCapture(str(clip))
    try:
        for _ in range(pose.frame):
            video.grab()
        read, whole = video.read()
    finally:
        video.release()
    if not read:
        raise SystemExit(f"{clip} has no frame {pose.frame}")
    left = max(0, pose.across - WIDTH // 4)
    part = cv2.resize(whole[: HEIGHT // 2, left : left + WIDTH // 2], (WIDTH, HEIGHT)).astype(np.uint8)
    return part[:, ::-1] if pose.mirrored else part


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
