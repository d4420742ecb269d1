"""The typed dialects of the seed family, D1 and D2: every message and shape of theirs, over a real socket."""

import base64
from typing import Any

import pytest

from app.db.models import ExamSession, User
from app.domain.violations import NeutralState, Observation, ViolationKind
from tests.fakes import ScriptedEngine, hides, shows
from tests.live import Line, LiveServer
from tests.pictures import jpeg

FRAME = "data:image/jpeg;base64," + base64.b64encode(jpeg()).decode()
FROZEN = Observation(ViolationKind.FROZEN_VIDEO, 1.0)


async def dial(server: LiveServer, user: User, taken: ExamSession) -> Line:
    """A family client's line."""
    return await server.dial(f"ws/{taken.id}", server.token(user), native=False)


async def ask(line: Line, kind: str, /, **fields: Any) -> dict[str, Any]:
    """A typed message and its answer; the greeting, if it comes first, is passed over."""
    await line.send({"type": kind, **fields})
    while True:
        answer = await line.read()
        assert answer is not None
        if answer["type"] != "connection_established":
            return answer


async def test_who_waits_is_greeted_once(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await dial(server, student, taken)
    greeting = await line.read()
    assert greeting is not None
    assert (greeting["type"], greeting["session_id"], greeting["is_active"]) == (
        "connection_established",
        taken.id,
        True,
    )
    await line.send({"type": "ping"})
    pong = await line.read()
    assert pong is not None
    assert pong.keys() == {"type", "timestamp"}


async def test_who_speaks_at_once_is_greeted_before_the_answer(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await dial(server, student, taken)
    await line.send({"type": "ping"})
    assert [(await line.read() or {})["type"] for _ in range(2)] == ["connection_established", "pong"]


@pytest.mark.parametrize("fields", [{"frame": FRAME}, {"data": {"frame": FRAME}}], ids=["flat", "under data"])
async def test_a_frame_is_analysed_for_both(
    server: LiveServer, student: User, taken: ExamSession, fields: dict[str, Any]
) -> None:
    server.use(engine=ScriptedEngine(shows(FROZEN)))
    line = await dial(server, student, taken)
    extra = {"user_id": student.id, "timestamp": "2027-01-01T00:00:00Z", "exam_duration": 60, "current_time": 3}
    answers = [await ask(line, "frame_data", **fields, **extra) for _ in range(8)]
    one = answers[0]
    assert one["session_id"] == taken.id
    assert one["ai_results"].keys() == {"face_detection", "eye_tracking", "object_detection", "frame_quality"}
    assert one["ai_results"]["face_detection"].keys() >= {"faces_detected", "confidence", "face_positions"}
    assert one["ai_results"]["frame_quality"].keys() >= {"brightness", "contrast", "blur_score"}
    assert one["trust_score"].keys() == {"current_score", "category", "trend", "violations_count"}
    assert one["result"]["trust_score"] == 1.0
    opened = [violation for answer in answers for violation in answer["violations"]]
    assert [violation["type"] for violation in opened] == ["frozen_video"]
    assert answers[-1]["trust_score"]["violations_count"] == 1


async def test_what_could_not_be_seen_is_not_said_to_be_nobody(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    engine = ScriptedEngine(hides(NeutralState.TOO_DARK))
    server.use(engine=engine)
    line = await dial(server, student, taken)
    for engine.busy in (False, True):
        found = (await ask(line, "frame_data", frame=FRAME))["ai_results"]
        assert found["face_detection"]["faces_detected"] is None
        assert not found["frame_quality"]["acceptable"]
    engine.script, engine.busy = shows(), False
    assert (await ask(line, "frame_data", frame=FRAME))["ai_results"]["face_detection"]["faces_detected"] == 0
    assert await server.violations(taken) == []


async def test_what_a_browser_can_know_counts(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await dial(server, student, taken)
    for word in ("tab_switch", "window_blur", "right_click", "copy_paste", "fullscreen_exit", "keyboard_shortcut"):
        answer = await ask(line, "browser_event", event={"type": word})
        assert (answer["type"], answer["event_type"], answer["counted"]) == ("browser_event_processed", word, True)
        assert answer["trust_score"]["trend"] == "declining"
    assert len(await server.violations(taken)) == 6


@pytest.mark.parametrize(
    ("violation", "kind"),
    [
        ({"type": "tab_switching", "severity": "high"}, "tab_switch"),
        ({"violation_type": "copy_paste_attempt", "severity": "low"}, "copy_paste"),
        ("right_click", "right_click"),
    ],
)
async def test_a_reported_violation_gets_its_id(
    server: LiveServer, student: User, taken: ExamSession, violation: Any, kind: str
) -> None:
    answer = await ask(await dial(server, student, taken), "violation_report", violation=violation)
    (row,) = await server.violations(taken)
    assert (answer["type"], answer["violation_id"], row.kind) == ("violation_acknowledged", row.id, kind)


@pytest.mark.parametrize(
    "claimed", ["multiple_faces", "suspicious_audio", "unusual_behavior", "phone_detected", "x", None]
)
async def test_t01_a_clients_word_about_faces_or_sound_changes_nothing(
    server: LiveServer, student: User, taken: ExamSession, claimed: str | None
) -> None:
    line = await dial(server, student, taken)
    told = {"type": claimed, "severity": "critical", "trust_score": 0}
    answer = await ask(line, "violation_report", violation=told, trust_score=0)
    assert (answer["type"], answer["violation_id"], answer["counted"]) == ("violation_acknowledged", None, False)
    assert answer["trust_score"]["current_score"] == 100
    assert await server.violations(taken) == []


async def test_sound_alarms_come_from_sound(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await dial(server, student, taken)
    silence = base64.b64encode(bytes(32_000)).decode()
    for audio in (silence, 0.99, "not base64", {"level": 1.0}):
        answer = await ask(line, "audio_data", audio=audio, audioLevel=0.99)
        assert (answer["type"], answer["result"]["violations"]) == ("audio_analysis", [])
        assert not answer["result"]["speech_detected"]
    assert await server.violations(taken) == []


async def test_status_heartbeat_and_what_nobody_knows(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await dial(server, student, taken)
    status = await ask(line, "session_status")
    assert (status["type"], status["status"], status["is_active"]) == ("session_status_update", "active", True)
    assert 0 < status["time_remaining"] <= 3600
    beat = await ask(line, "heartbeat", timestamp=1)
    assert beat.keys() == {"type", "timestamp", "server_time"}
    assert (await ask(line, "sing"))["code"] == "unknown_type"
