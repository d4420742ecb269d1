"""Sound over the student's socket: real speech becomes an episode, and nothing else does."""

import base64
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.ai.sound_guard import MAX_SOUND_BYTES
from app.commands.sound_track import sound_chunks
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.websockets.mailbox import Tray
from tests.ai.sounds import noise, pcm, wav
from tests.live import Line, LiveServer

CLIP = Path(__file__).resolve().parents[4] / "shared" / "data" / "faces" / "short_hamilton_clip.mp4"
AUDIO = 2
NOON = 1_764_000_000_000


@pytest.fixture(scope="module")
def speech() -> list[bytes]:
    """Four seconds of people who really talk, PCM16 by the second."""
    if not CLIP.is_file() or shutil.which("ffmpeg") is None:
        pytest.skip("the clip with speech (../shared/data) or the ffmpeg program is not on this machine")
    return [chunk.pcm for chunk in sound_chunks(CLIP)][:4]


@pytest.fixture(scope="module")
def stream() -> bytes:
    """The same as a browser's recorder packs it: Opus in WebM, about 3 KB a second."""
    program = shutil.which("ffmpeg")
    if not CLIP.is_file() or program is None:
        pytest.skip("the clip with speech (../shared/data) or the ffmpeg program is not on this machine")
    command = [program, "-v", "error", "-i", str(CLIP), "-t", "4", "-vn", "-c:a", "libopus", "-b:a", "24k"]
    return subprocess.run([*command, "-f", "webm", "pipe:1"], check=True, capture_output=True).stdout


async def play(line: Line, chunks: list[bytes]) -> None:
    """Send chunks of a second each."""
    for number, chunk in enumerate(chunks):
        await line.show(number, chunk, NOON + number * 1000, kind=AUDIO)


async def refusal(line: Line, number: int, chunk: bytes) -> dict[str, Any]:
    """What is said about a chunk that cannot be judged."""
    await line.show(number, chunk, NOON, kind=AUDIO)
    problem = await line.until("error")
    assert problem["code"] == "audio_refused"
    params: dict[str, Any] = problem["params"]
    return params


async def test_speech_becomes_one_violation_with_what_was_measured(
    server: LiveServer, student: User, teacher: User, taken: ExamSession, speech: list[bytes]
) -> None:
    page = await server.page(teacher, taken.exam_id)
    line = await server.student(student, taken)
    await play(line, speech)
    told = await page.until("violation.opened")
    opened = await line.until("violation.opened")
    assert opened["violation"]["kind"] == told["violation"]["kind"] == "audio_detected"
    while (await line.until("violation.updated"))["violation"]["seconds"] < 3:
        pass
    (stored,) = await server.violations(taken)
    assert stored.confidence > 0.8
    assert stored.measured["speech_probability"] > stored.threshold["speech_probability"]
    assert stored.measured["above_floor_db"] > stored.threshold["above_floor_db"]
    assert line.errors() == []


async def test_teachers_see_that_somebody_speaks_and_reviewers_when(
    server: LiveServer, student: User, teacher: User, taken: ExamSession, speech: list[bytes]
) -> None:
    page, line = await server.page(teacher, taken.exam_id), await server.student(student, taken)
    await play(line, speech)
    await line.until("violation.opened")
    while (head := (await page.until("session.updated"))["session"])["speech"] is not True:
        pass
    assert head["sound_level"] > 0.2
    await line.connection.close()
    while (head := (await page.until("session.updated"))["session"])["online"]:
        pass
    assert (head["speech"], head["sound_level"]) == (None, None)
    await page.connection.close()
    await server.loopback.quiet()
    async with server.browser(teacher) as browser:
        lane = (await browser.get(f"/exam-sessions/{taken.id}/review")).json()["sound"]
    assert 1 <= len(lane) <= 3
    assert max(one["speech"] for one in lane) > 0.5
    assert all(one["to"] - one["from"] == 5 and one["level"] > 0.2 for one in lane)


async def test_nothing_of_the_sound_itself_is_stored(
    server: LiveServer, student: User, taken: ExamSession, speech: list[bytes]
) -> None:
    line = await server.student(student, taken)
    await play(line, speech)
    await line.until("violation.opened")
    await line.connection.close()
    await server.loopback.quiet()
    row = await server.row(taken)
    assert "sound" not in row.analysis["memory"]
    assert await server.evidence(taken) == []
    assert await server.stored(taken) == []


async def test_an_opus_stream_is_understood_however_it_is_cut(
    server: LiveServer, student: User, taken: ExamSession, stream: bytes
) -> None:
    line = await server.student(student, taken)
    await line.say(1, "audio", format="opus")
    await play(line, [stream[start : start + 4999] for start in range(0, len(stream), 4999)])
    assert (await line.until("violation.opened"))["violation"]["kind"] == "audio_detected"
    assert line.errors() == []


async def test_silence_and_noise_are_answered_by_nothing(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await server.student(student, taken)
    # The one worker judges in turn: behind a sound of ours nothing of an earlier test's line is left to be counted.
    await play(line, [pcm(noise(1, 0.0))])
    await refusal(line, 1, b"\0")
    sounds = server.engine.counters.sounds
    await play(line, [pcm(noise(1, level)) for level in (0.0, 0.01, 0.2)])
    await refusal(line, 3, b"\0")  # taken in turn: when this is refused, the others were judged
    assert server.engine.counters.sounds == sounds + 3
    assert line.of("violation.opened") == []
    assert await server.violations(taken) == []


async def test_what_is_no_sound_is_refused_and_the_line_stays_open(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    assert await refusal(line, 1, b"") == {"number": 1, "reason": "empty"}
    assert await refusal(line, 2, b"#EXTM3U\nhttp://127.0.0.1:9/") == {"number": 2, "reason": "playlist"}
    assert await refusal(line, 3, b"\0" * (MAX_SOUND_BYTES + 2)) == {"number": 3, "reason": "too_large"}
    assert await refusal(line, 4, wav(pcm(noise(1)), channels=255)) == {"number": 4, "reason": "unsupported_format"}
    await line.say(1, "audio", format="pcm16", rate=10_000_000)
    assert (await line.until("error"))["params"] == {"number": 0, "reason": "bad_rate"}
    await line.say(2, "audio", format="mp3")
    assert (await line.until("error"))["params"] == {"number": 0, "reason": "bad_header"}
    await line.acknowledged(2)


async def test_an_exam_that_does_not_listen_says_so_once(
    server: LiveServer, sessions: Sessions, student: User, exam: Exam, taken: ExamSession, speech: list[bytes]
) -> None:
    async with unit_of_work(sessions) as db:
        (await db.get_one(Exam, exam.id)).enable_audio_detection = False
    line = await server.student(student, taken)
    sounds = server.engine.counters.sounds
    await play(line, speech)
    await line.say(1, kind="window_blur")
    await line.acknowledged(1)
    assert [one["params"]["reason"] for one in line.of("error")] == ["switched_off"]
    assert server.engine.counters.sounds == sounds
    assert [one.kind for one in await server.violations(taken)] == ["window_blur"]


async def test_the_seed_dialect_hears_sound_and_believes_no_claimed_loudness(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession, speech: list[bytes]
) -> None:
    async with unit_of_work(sessions) as db:
        row = await db.get_one(ExamSession, taken.id)
        row.start_time -= timedelta(minutes=1)  # four seconds of sound need four seconds in which it was made
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    for claim in (0.99, 120, "loud!", None, {"level": 1}, "কথা"):
        await line.send({"audio": claim, "audioLevel": 100, "tab_active": True})
        assert (await line.read() or {})["alerts"] == []
    sound = "data:audio/wav;base64," + base64.b64encode(wav(b"".join(speech))).decode()
    await line.send({"audio": sound, "tab_active": True})
    answer = await line.read() or {}
    assert [one["alert_type"] for one in answer["alerts"]] == ["audio_detected"]
    assert answer["trust_score"] < 1


async def test_a_tray_keeps_the_newest_and_counts_the_rest() -> None:
    tray: Tray[int] = Tray(3)
    for number in range(5):
        tray.put(number)
    assert [await tray.take() for _ in range(3)] == [2, 3, 4]
    assert tray.dropped == 2
