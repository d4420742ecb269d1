"""Makes a video for tests where no real one is at hand: a portrait, then for eight seconds a second face beside it.

python make_face_video.py faces.mp4
python make_face_video.py gone.mp4 gone    # for eight seconds nobody is there
python make_face_video.py calm.mp4 calm    # longer, and nothing happens; `company`: longer, with the second face
python make_face_video.py webcam.y4m       # nobody joins: what a browser is given in place of a camera
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

Picture = NDArray[np.uint8]

WIDTH, HEIGHT, FPS = 640, 480, 10
PLAIN_FPS = 5
SECONDS = {"second": 20, "gone": 20, "company": 120, "calm": 120}
MEANWHILE = range(6 * FPS, 14 * FPS)


def main(target: Path, scene: str = "second") -> None:
    """Write the scene to `target`: an MP4, or by its ending plain frames (YUV4MPEG2), with one person only."""
    whole: Picture = data.astronaut()  # type: ignore[no-untyped-call]
    portrait: Picture = np.ascontiguousarray(whole[0:300, 70:370, ::-1])
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".y4m":
        write_plain(target, portrait)
        return
    every = FPS // 2 if scene in ("company", "calm") else 1
    video = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), FPS // every, (WIDTH, HEIGHT))
    noise = np.random.default_rng(1)
    for number in range(0, SECONDS[scene] * FPS, every):
        faces = {"second": 2, "company": 2, "gone": 0}.get(scene, 1) if number in MEANWHILE else 1
        video.write(picture(portrait, noise, number, faces=faces))
    video.release()


def write_plain(target: Path, portrait: Picture) -> None:
    """A browser plays it at the speed it names; few frames, and none to decode, leave the processor to the test."""
    noise = np.random.default_rng(1)
    with target.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{PLAIN_FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(0, SECONDS["second"] * FPS, FPS // PLAIN_FPS):
            frame = picture(portrait, noise, number)
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())


def picture(portrait: Picture, noise: np.random.Generator, number: int, *, faces: int = 1) -> Picture:
    """One frame, BGR 480×640×3; sways and carries sensor noise, so that no two frames are the same."""
    frame = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    if not faces:  # a wall alone would look like a covered lens
        room: Picture = data.coffee()  # type: ignore[no-untyped-call]
        frame[:] = cv2.resize(room[:, :, ::-1], (WIDTH, HEIGHT))
    sway = round(6 * np.sin(number / 7))
    if faces:
        frame[90:390, 30 + sway : 330 + sway] = portrait
    if faces == 2:
        frame[120:380, 370 - sway : 630 - sway] = cv2.resize(portrait[:, ::-1], (260, 260))
    grainy = frame.astype(np.int16) + noise.integers(-4, 5, frame.shape, np.int16)
    shown: Picture = np.clip(grainy, 0, 255).astype(np.uint8)
    return shown


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
