"""The seed family as a whole: its routes on a real server, and its clients' defects as tests."""

import base64
from typing import Any

import pytest

from app.core.config import Settings
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.violations import Observation, ViolationKind
from tests.builders import make_exam, make_user
from tests.fakes import ScriptedEngine, shows
from tests.live import Line, LiveServer
from tests.pictures import jpeg

FRAME = "data:image/jpeg;base64," + base64.b64encode(jpeg()).decode()
FROZEN = Observation(ViolationKind.FROZEN_VIDEO, 1.0)


async def _until(line: Line, kind: str) -> dict[str, Any]:
    while (message := await line.read() or {}).get("type") != kind:
        pass
    return message


async def sat(browser: Any, exam: Exam) -> tuple[int, int]:
    """A sitting over HTTP alone, with a frozen picture and a tab switch; its id, and that violation's."""
    started = (await browser.post(f"/proctoring/sessions/{exam.id}/start")).json()
    again = (await browser.post(f"/proctoring/sessions/{exam.id}/start")).json()
    assert started["id"] == again["id"]
    for _ in range(3):
        sent = {"frame": FRAME, "timestamp": 1, "user_id": 1, "exam_duration": 60, "current_time": 3}
        answer = (await browser.post(f"/proctoring/frames/{exam.id}", json=sent)).json()
        assert answer["type"] == "frame_analysis"
    told = {"session_id": started["id"], "violation_type": "tab_switching", "severity": "high"}
    report = (await browser.post("/proctoring/violation-report", json=told)).json()
    assert report["counted"]
    claim = told | {"violation_type": "multiple_faces", "severity": "critical"}
    assert not (await browser.post("/proctoring/violation-report", json=claim)).json()["counted"]
    bad = await browser.post(f"/proctoring/frames/{exam.id}", json={"frame": "data:image/jpeg;base64,AAAA"})
    assert (bad.status_code, bad.json()["code"]) == (422, "frame_refused")
    return started["id"], report["violation_id"]


async def test_the_familys_way_through_an_exam(server: LiveServer, student: User, teacher: User, exam: Exam) -> None:
    server.use(engine=ScriptedEngine(shows(FROZEN)))
    async with server.browser(student) as mine, server.browser(teacher) as staff:
        session_id, violation_id = await sat(mine, exam)
        watched = (await staff.get(f"/proctoring/monitoring/{exam.id}")).json()
        assert (watched["active_sessions"], watched["total_violations"]) == (1, 2)
        listed = (await staff.get(f"/proctoring/violations/{exam.id}")).json()
        assert {one["type"] for one in listed} == {"tab_switch", "frozen_video"}
        before = (await mine.get(f"/proctoring/trust-score/{student.id}/{exam.id}")).json()
        assert before["current_score"] < before["initial_score"] == 100
        assert {one["type"] for one in before["deductions"]} == {"tab_switch", "frozen_video"}
        done = {"action": "dismiss", "notes": "a parent came in"}
        handled = (await staff.post(f"/proctoring/violations/{violation_id}/handle", json=done)).json()
        assert (handled["status"], handled["trust_score"] > before["current_score"]) == ("dismissed", True)
        assert (await staff.get(f"/proctoring/monitoring/{exam.id}")).json()["total_violations"] == 1

        assert (await mine.post(f"/proctoring/sessions/{exam.id}/stop")).json()["is_completed"]
        summed = (await mine.get(f"/proctoring/session-analytics/{session_id}")).json()
        assert (summed["violations"]["total"], summed["violations"]["by_type"]) == (1, {"frozen_video": 1})
        kinds = [one["type"] for one in summed["timeline"]]
        assert (kinds[0], kinds[-1]) == ("session_started", "session_ended")
        numbers = (await staff.get(f"/exams/{exam.id}/statistics")).json()
        assert (numbers["total_sessions"], numbers["completed_sessions"]) == (1, 1)
        where = (await staff.post(f"/proctoring/reports/{exam.id}")).json()
        assert (await staff.get(where["report_url"].removeprefix("/api/v1"))).content[:5] == b"%PDF-"


NUMBERS = {"total_exams", "total_students", "total_sessions", "total_violations", "average_trust_score", "active_users"}
NUMBERS |= {"recent_exams", "recent_sessions", "recent_violations", "analysis_period_days"}


async def test_the_shapes_are_those_of_the_family(
    server: LiveServer, student: User, teacher: User, exam: Exam, taken: ExamSession
) -> None:
    """Names as the family's clients read them; more may stand beside them."""
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await line.send({"type": "browser_event", "event": {"type": "tab_switch"}})
    await _until(line, "browser_event_processed")
    async with server.browser(student) as mine, server.browser(teacher) as staff:
        score = (await mine.get(f"/proctoring/trust-score/{student.id}/{exam.id}")).json()
        assert score.keys() >= {"current_score", "initial_score", "deductions", "risk_level", "last_updated"}
        (cost,) = score["deductions"]
        assert cost.keys() == {"type", "points", "timestamp"}
        assert cost["points"] == pytest.approx(100 - score["current_score"], abs=0.01)
        summed = (await staff.get(f"/proctoring/session-analytics/{taken.id}")).json()
        assert summed.keys() >= {"duration", "violations", "trust_score", "ai_analysis", "timeline"}
        assert summed["violations"] == {"total": 1, "by_type": {"tab_switch": 1}, "by_severity": {"warning": 1}}
        assert summed["trust_score"].keys() == {"initial", "final", "deduction"}
        (seen,) = (await staff.get(f"/proctoring/students/{exam.id}")).json()
        assert (seen["session_id"], seen["is_online"], seen["violations_count"]) == (taken.id, True, 1)
        settings = (await mine.get(f"/proctoring/settings/{exam.id}")).json()
        assert settings.keys() >= {"enable_face_detection", "enable_phone_detection", "warning_threshold"}
        overview = (await staff.get("/analytics/overview?days=7")).json()
        assert overview.keys() >= NUMBERS
        assert (overview["total_violations"], overview["analysis_period_days"]) == (1, 7)


async def test_exams_are_filtered(server: LiveServer, sessions: Sessions, teacher: User) -> None:
    async with unit_of_work(sessions) as db:
        for title, status in (("Physics", "draft"), ("Chemistry", "draft"), ("Physics II", "published")):
            await make_exam(db, teacher, title=title, status=status)
    async with server.browser(teacher) as staff:
        for query, titles in (
            ("status=draft", {"Physics", "Chemistry"}),
            ("search=physics", {"Physics", "Physics II"}),
            ("status=draft&search=PHYS", {"Physics"}),
        ):
            for path in ("/exams/", "/exams"):
                assert {one["title"] for one in (await staff.get(f"{path}?{query}")).json()} == titles
        assert (await staff.get("/exams/?status=odd")).status_code == 422


async def test_settings_act_through_the_familys_route(
    server: LiveServer, student: User, teacher: User, exam: Exam, taken: ExamSession
) -> None:
    async with server.browser(teacher) as staff:
        changed = await staff.put(f"/proctoring/settings/{exam.id}", json={"enable_tab_switch_detection": False})
        assert not changed.json()["enable_tab_switch_detection"]
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await line.send({"type": "browser_event", "event": {"type": "tab_switch"}})
    await _until(line, "browser_event_processed")
    assert await server.violations(taken) == []


async def test_the_final_trust_is_what_the_sitting_earned(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await line.send({"type": "browser_event", "event": {"type": "tab_switch"}})
    live = (await _until(line, "browser_event_processed"))["trust_score"]["current_score"]
    async with server.browser(student) as browser:
        final = (await browser.post(f"/proctoring/end-session/{taken.id}")).json()["final_trust_score"]
    assert final == pytest.approx(live / 100, abs=1e-3)
    assert final < 1.0


async def test_the_live_score_does_not_start_anew_with_each_frame(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await line.send({"type": "browser_event", "event": {"type": "copy_paste"}})
    await _until(line, "browser_event_processed")
    scores = []
    for _ in range(4):
        await line.send({"type": "frame_data", "frame": FRAME})
        scores.append((await _until(line, "frame_analysis"))["trust_score"]["current_score"])
    assert max(scores) < 100


async def test_another_students_socket_is_refused(server: LiveServer, sessions: Sessions, taken: ExamSession) -> None:
    async with unit_of_work(sessions) as db:
        stranger = await make_user(db)
    line = await server.dial(f"ws/{taken.id}", server.token(stranger), native=False)
    assert await line.code() == 1008


async def test_nobody_makes_himself_an_administrator(server: LiveServer, student: User) -> None:
    account = {"email": "x@example.org", "password": "mango lantern 77", "full_name": "X", "role": "admin"}
    async with server.browser(None) as anybody, server.browser(student) as mine:
        assert (await anybody.post("/auth/register", json=account)).status_code in (403, 422)
        assert (await mine.put("/users/me", json={"role": "admin"})).status_code == 422
        assert (await mine.get("/users/me")).json()["role"] == "student"


async def test_errors_have_the_places_the_familys_forms_read(server: LiveServer, teacher: User) -> None:
    async with server.browser(teacher) as staff:
        detail = (await staff.post("/exams/", json={"title": "X"})).json()["detail"]
    assert {(problem["loc"][1], bool(problem["msg"])) for problem in detail} >= {("start_time", True)}


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://localhost:5173"])
async def test_the_familys_front_ends_may_call_while_developing(server: LiveServer, origin: str) -> None:
    asked = "authorization,content-type,x-requested-with"
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": asked}
    async with server.browser(None) as browser:
        preflight = await browser.options("/auth/login", headers=headers)
        wrong = await browser.post("/auth/login", json={"email": "x"}, headers={"Origin": origin})
    assert (preflight.status_code, wrong.status_code) == (200, 422)
    for answer in (preflight, wrong):
        assert answer.headers.get("access-control-allow-origin") == origin
        assert answer.headers.get("access-control-allow-credentials") == "true"
    assert "set-cookie" not in wrong.headers


def test_no_other_page_may_call_in_production_unless_it_is_named(settings: Settings) -> None:
    given = settings.model_dump(exclude={"ENVIRONMENT", "ALLOWED_ORIGINS"}, exclude_unset=True)
    assert Settings(**given, ENVIRONMENT="production").origins == []
    named = Settings(**given, ENVIRONMENT="production", ALLOWED_ORIGINS=["https://exam.example"])
    assert named.origins == ["https://exam.example"]
