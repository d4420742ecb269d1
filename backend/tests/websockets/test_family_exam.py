"""The seed family's exam fields act: one exam, made as its form sends it and sat by its routes."""

from datetime import timedelta
from typing import Any

import httpx2

from app.core.clock import now
from app.db.models import User
from tests.live import LiveServer
from tests.questions import CHOICE


def form() -> dict[str, Any]:
    """As the form sends it: times as JavaScript writes them, null where a field was left empty."""
    begin = now() - timedelta(minutes=5)
    return {
        "title": "Physics",
        "description": None,
        "start_time": begin.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "end_time": (begin + timedelta(hours=2)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "duration_minutes": 60,
        "status": "published",
        "max_attempts": 1,
        "passing_score": 40,
        "randomize_questions": True,
        "show_results_immediately": True,
        "allow_review": False,
        "enable_screen_recording": True,
        "instructions": "Bring a pencil.",
        "exam_password": "sesame",
        "ip_restrictions": ["10.0.0.0/8"],
        "browser_lockdown": True,
        "max_tab_switches": 0,
    }


async def refusal(browser: httpx2.AsyncClient, exam_id: int, **body: Any) -> tuple[int, str]:
    """Why the exam does not begin."""
    answer = await browser.post(f"/proctoring/sessions/{exam_id}/start", json=body)
    return answer.status_code, answer.json().get("code", "")


async def made(staff: httpx2.AsyncClient) -> tuple[int, list[int]]:
    """The exam with eight questions, each worth 2; their ids in order."""
    exam = (await staff.post("/exams/", json=form())).json()
    for name in ("passing_score", "randomize_questions", "show_results_immediately", "allow_review", "max_attempts"):
        assert exam[name] == form()[name]
    path = f"/exams/{exam['id']}/questions"
    return exam["id"], [(await staff.post(path, json=CHOICE)).json()["id"] for _ in range(8)]


async def test_every_exam_field_of_the_family_acts(server: LiveServer, student: User, teacher: User) -> None:
    async with server.browser(teacher) as staff, server.browser(student) as mine:
        exam_id, ids = await made(staff)
        assert await refusal(mine, exam_id, exam_password="sesame") == (403, "address_not_allowed")
        await staff.put(f"/exams/{exam_id}", json={"ip_restrictions": ["127.0.0.1"]})
        assert await refusal(mine, exam_id) == (403, "exam_password_required")
        assert await refusal(mine, exam_id, exam_password="wrong") == (403, "exam_password_wrong")
        taken = (await mine.post(f"/proctoring/sessions/{exam_id}/start", json={"exam_password": "sesame"})).json()

        paper = (await mine.get(f"/exam-sessions/{taken['id']}/paper")).json()
        drawn = [one["id"] for part in paper["sections"] for one in part["questions"]]
        assert sorted(drawn) == ids
        assert drawn != ids  # by chance once in 40320
        assert paper["instructions"] == "Bring a pencil."
        for rule in ("require_fullscreen", "block_clipboard", "block_right_click", "block_shortcuts"):
            assert paper["settings"][rule]
        assert paper["settings"]["enable_screen_recording"]

        line = await server.dial(f"ws/{taken['id']}", server.token(student), native=False)
        await line.send({"type": "browser_event", "event": {"type": "tab_switch"}})
        assert (await line.until("browser_event_processed"))["counted"]
        seen = (await staff.get(f"/exam-sessions/{taken['id']}")).json()
        assert (seen["flag_reason"], seen["state"]) == ("too_many_tab_switches", "active")

        result = f"/exam-sessions/{taken['id']}/result"
        assert not (await mine.get(result)).json()["released"]
        assert (await mine.post(f"/proctoring/sessions/{exam_id}/stop", json={})).json()["is_completed"]
        shown = (await mine.get(result)).json()
        assert (shown["released"], shown["percent"], shown["passed"], shown["questions"]) == (True, 0, False, None)
        await staff.put(f"/exams/{exam_id}", json={"allow_review": True, "passing_score": None})
        shown = (await mine.get(result)).json()
        assert (shown["passed"], len(shown["questions"])) == (None, 8)
        assert await refusal(mine, exam_id, exam_password="sesame") == (409, "no_attempts_left")
        numbers = (await staff.get(f"/exams/{exam_id}/statistics")).json()
        assert (numbers["total_sessions"], numbers["average_score_percent"]) == (1, 0)
        assert numbers["violations_by_type"] == {"tab_switch": 1}
