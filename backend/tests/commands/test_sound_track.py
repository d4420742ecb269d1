"""A video's sound comes by the second, and its speech is among what `proctor analyze` finds."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.commands.sound_track import can_read_sound, sound_chunks
from tests.ai.sounds import noise, pcm, wav

CLIP = Path(__file__).resolve().parents[4] / "shared" / "data" / "faces" / "short_hamilton_clip.mp4"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two and a half seconds of noise in a file."""
    if not can_read_sound():
        pytest.skip("the ffmpeg program is not on this machine")
    path = tmp_path / "noise.wav"
    path.write_bytes(wav(pcm(noise(2.5))))
    return path


def test_sound_comes_in_order_by_the_second(recording: Path) -> None:
    chunks = list(sound_chunks(recording))
    assert [(one.at, one.until) for one in chunks] == [(0.0, 1.0), (1.0, 2.0), (2.0, 2.5)]
    assert b"".join(one.pcm for one in chunks) == pcm(noise(2.5))


def test_what_has_no_sound_is_silent(tmp_path: Path) -> None:
    text = tmp_path / "video.mp4"
    text.write_text("#EXTM3U\nhttp://127.0.0.1:9/\n")
    assert list(sound_chunks(text)) == []


def test_without_the_program_there_is_no_sound(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert list(sound_chunks(recording)) == []


def test_analyze_hears_the_people_in_a_video() -> None:
    if not CLIP.is_file() or not can_read_sound():
        pytest.skip("the clip with speech (../shared/data) or the ffmpeg program is not on this machine")
    result = CliRunner().invoke(app, ["analyze", str(CLIP), "--fps", "1", "--json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    (spoken,) = [one for one in lines[-1]["violations"] if one["kind"] == "audio_detected"]
    assert spoken["started_at"] < 0.5
    assert spoken["ended_at"] > 9
    assert all(one["kind"] != "audio_detected" for line in lines[:-1] for one in line["observations"])
