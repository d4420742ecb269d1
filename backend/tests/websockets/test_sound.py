"""Sound over the student's socket: real speech becomes an episode, and nothing else does."""

import shutil
from pathlib import Path

import pytest

from app.commands.sound_track import SoundChunk, sound_chunks
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from tests.live import LiveServer, Line

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
AUDIO = 2
NOON = 1_764_000_000_000


@pytest.fixture(scope="module")
def speech() -> list[SoundChunk]:
    """Four seconds of people who really talk."""
    clip = SHARED / "faces" / "short_hamilton_clip.mp4"
    if not clip.is_file() or shutil.which("ffmpeg") is None:
        pytest.skip("the clip with speech (../shared/data) or the ffmpeg program is not on this machine")
    return list(sound_chunks(clip))[:4]


async def play(line: Line, chunks: list[bytes], *, first: int = 0) -> None:
    """Send chunks of a second each."""
    for number, chunk in enumerate(chunks, start=first):
        await line.show(number, chunk, NOON + number * 1000, kind=AUDIO)


async def test_speech_becomes_one_violation_with_what_was_measured(
    server: LiveServer, student: User, teacher: User, taken: ExamSession, speech: list[SoundChunk]
) -> None:
    page = await server.page(teacher, taken.exam_id)
    line = await server.student(student, taken)
    await play(line, [chunk.pcm for chunk in speech])
    opened = await line.until("violation.opened")
    told = await page.until("violation.opened")
    assert opened["violation"]["kind"] == told["violation"]["kind"] == "audio_detected"
    (stored,) = await server.violations(taken)
    assert stored.kind == "audio_detected"
    assert stored.confidence > 0.8
    print(stored.measured if hasattr(stored, "measured") else vars(stored))
