"""`proctor analyze` and `proctor models verify` through their command lines, to the letter of the JSON."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data
from typer.testing import CliRunner

from app.cli import app


@pytest.fixture(scope="module")
def portrait() -> Any:
    """A real face, BGR."""
    return cv2.cvtColor(data.astronaut()[:480, :480], cv2.COLOR_RGB2BGR)  # type: ignore[no-untyped-call]


@pytest.fixture
def video(tmp_path: Path, portrait: Any) -> Path:
    """Three seconds of a face that moves, 960×720, then eight of an empty, textured wall.

    Longer than the look for a person that may come just before the face goes is believed.
    """
    path = tmp_path / "sitting.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (960, 720))
    wall = cv2.resize(
        np.random.default_rng(3).integers(60, 220, (9, 12, 3)).astype(np.uint8), (960, 720), interpolation=0
    )
    for number in range(110):
        frame = wall.copy()
        if number < 30:
            frame[100:580, 200 + number : 680 + number] = portrait
        writer.write(frame)
    writer.release()
    return path


def run(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and the lines of JSON."""
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_video(video: Path) -> None:
    code, lines = run("analyze", video, "--fps", "5")
    assert code == 0
    *frames, summary = lines
    assert list(summary) == ["violations", "trust", "coverage", "frames", "fps"]
    assert summary["frames"] == len(frames) == 55
    assert [frame["t"] for frame in frames[:3]] == [0.0, 0.2, 0.4]
    assert [frame["frame"] for frame in frames[:3]] == [0, 2, 4]
    first = frames[0]
    assert set(first) == {
        *("t", "frame", "faces", "head", "gaze", "objects", "identity", "quality", "states", "observations", "ms"),
    }
    assert set(first["head"]) == {"yaw", "pitch", "roll"}
    assert set(first["gaze"]) == {"x", "y"}
    assert set(first["quality"]) == {"brightness", "contrast", "sharpness"}
    assert (first["objects"], first["identity"]) == ([], None)
    (face,) = first["faces"]
    x, y, width, height = face["box"]
    assert 200 < x < x + width < 680  # pixels of the file, not of the 640×480 that was judged
    assert 100 < y < y + height < 580
    assert frames[-1]["head"] is frames[-1]["gaze"] is None
    assert frames[-1]["observations"] == [{"kind": "face_not_detected", "confidence": 0.9}]
    (violation,) = summary["violations"]
    assert violation["kind"] == "face_not_detected"
    assert violation["started_at"] == pytest.approx(3.0, abs=0.3)
    assert violation["ended_at"] == pytest.approx(10.8, abs=0.3)
    assert 0 < summary["trust"] < 100
    assert summary["coverage"] == 1.0


def test_a_folder_is_independent_pictures(tmp_path: Path, portrait: Any) -> None:
    cv2.imwrite(str(tmp_path / "a.jpg"), cv2.resize(portrait, (2800, 2800)))
    cv2.imwrite(str(tmp_path / "b.png"), np.hstack([portrait, portrait]))
    for name in "cdef":
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.zeros((480, 640, 3), np.uint8))
    (tmp_path / "notes.txt").write_text("not a picture")
    code, lines = run("analyze", tmp_path)
    *frames, summary = lines
    assert code == 0
    assert [frame["file"] for frame in frames] == ["a.jpg", "b.png", "c.png", "d.png", "e.png", "f.png"]
    assert [len(frame["faces"]) for frame in frames] == [1, 2, 0, 0, 0, 0]
    assert frames[0]["faces"][0]["box"][2] > 400
    assert summary["violations"] == []
    assert (summary["trust"], summary["frames"]) == (100.0, 6)


def test_one_unreadable_picture_does_not_stop_the_others(tmp_path: Path, portrait: Any) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 no picture")
    cv2.imwrite(str(tmp_path / "b.jpg"), portrait)
    code, lines = run("analyze", tmp_path)
    assert code == 1
    assert lines[0] == {"file": "a.jpg", "error": "unreadable_picture"}
    assert (lines[1]["file"], lines[2]["frames"]) == ("b.jpg", 1)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    assert run("analyze", text) == (1, [{"file": "text.mp4", "error": "unreadable_video"}])
    assert run("analyze", tmp_path / "none.mp4") == (1, [{"file": "none.mp4", "error": "not_found"}])
    assert run("analyze", tmp_path) == (1, [{"file": tmp_path.name, "error": "no_pictures"}])
    result = CliRunner().invoke(app, ["analyze", str(text)])
    assert result.exit_code == 1
    assert "cannot be read as a video" in result.stderr


def test_for_people(video: Path) -> None:
    result = CliRunner().invoke(app, ["analyze", str(video), "--fps", "2"])
    assert result.exit_code == 0
    assert "face_not_detected" in result.stdout
    assert "coverage 100%" in result.stdout


def test_models_verify() -> None:
    code, (answer,) = run("models", "verify")
    assert (code, answer["ok"]) == (0, True)
    assert {model["name"] for model in answer["models"]} >= {"face_landmark", "iris_landmark"}
    assert "face_landmark" in CliRunner().invoke(app, ["models", "verify"]).stdout
