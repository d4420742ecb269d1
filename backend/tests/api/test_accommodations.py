"""Accommodations and presets: what differs for one student reaches the detectors, and nobody but staff sees it."""

import json
from datetime import timedelta

import httpx2
import pytest

from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.presets import Preset, rules_for
from app.domain.violations import RULES, ViolationKind
from app.services.accommodations import accommodation_of
from app.services.detection import MEASURED
from app.services.exam_sessions import start_exam_session
from app.services.sitting import Sitting
from app.services.sitting_reads import reload
from tests.builders import make_exam

AWAY, FACE = ViolationKind.LOOKING_AWAY, ViolationKind.FACE_NOT_DETECTED
OFF_BY_ITSELF = {
    ViolationKind.HAND_AT_EAR,
    ViolationKind.LOOKING_DOWN,
    ViolationKind.SILENT_SPEECH,
    ViolationKind.VOICE_ELSEWHERE,
}
"""Kinds that an exam must ask for."""


@pytest.fixture
async def exam(sessions: Sessions, teacher: User) -> Exam:
    """The teacher's exam."""
    async with unit_of_work(sessions) as db:
        return await make_exam(db, teacher, duration_minutes=60, disabled_kinds=[str(FACE)])


async def sitting_of(sessions: Sessions, taken: ExamSession) -> Sitting:
    """What the live exam session is told."""
    async with unit_of_work(sessions) as db:
        row = await reload(db, taken.id)
        spared = await accommodation_of(db, exam_id=row.exam_id, student_id=row.student_id)
        return Sitting.of(row, spared)


async def test_it_gives_time_spares_detectors_and_changes_the_preset(
    sessions: Sessions, teacher_client: httpx2.AsyncClient, student: User, exam: Exam
) -> None:
    wanted = {"disabled_kinds": ["looking_away"], "preset": "lenient", "extra_minutes": 15}
    answer = await teacher_client.put(f"/api/v1/exams/{exam.id}/accommodations/{student.id}", json=wanted)
    assert answer.status_code == 200
    assert answer.json() | wanted == answer.json()
    async with unit_of_work(sessions) as db:
        taken = await start_exam_session(db, student, exam.id)
    assert taken.ends_at - taken.start_time == timedelta(minutes=75)
    sitting = await sitting_of(sessions, taken)
    assert sitting.disabled == {AWAY, FACE} | OFF_BY_ITSELF
    assert sitting.rules[ViolationKind.MULTIPLE_FACES].hold == 2 * RULES[ViolationKind.MULTIPLE_FACES].hold


async def test_without_one_the_exam_decides(sessions: Sessions, student: User, exam: Exam) -> None:
    async with unit_of_work(sessions) as db:
        taken = await start_exam_session(db, student, exam.id)
    sitting = await sitting_of(sessions, taken)
    assert taken.ends_at - taken.start_time == timedelta(minutes=60)
    assert sitting.disabled == {FACE} | OFF_BY_ITSELF
    assert sitting.rules == rules_for(Preset.STANDARD)


async def test_it_can_be_taken_back(teacher_client: httpx2.AsyncClient, student: User, exam: Exam) -> None:
    address = f"/api/v1/exams/{exam.id}/accommodations"
    await teacher_client.put(f"{address}/{student.id}", json={"extra_minutes": 5})
    assert [row["student"]["id"] for row in (await teacher_client.get(address)).json()] == [student.id]
    for _ in range(2):
        assert (await teacher_client.delete(f"{address}/{student.id}")).status_code == 200
    assert (await teacher_client.get(address)).json() == []


@pytest.mark.parametrize(
    "body", [{"disabled_kinds": ["nose"]}, {"preset": "cruel"}, {"extra_minutes": -1}, {"reason": "diagnosis"}]
)
async def test_bad_ones_are_refused(
    teacher_client: httpx2.AsyncClient, student: User, exam: Exam, body: dict[str, object]
) -> None:
    answer = await teacher_client.put(f"/api/v1/exams/{exam.id}/accommodations/{student.id}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_only_students_have_them(teacher_client: httpx2.AsyncClient, teacher: User, exam: Exam) -> None:
    answer = await teacher_client.put(f"/api/v1/exams/{exam.id}/accommodations/{teacher.id}", json={})
    assert (answer.status_code, answer.json()["code"]) == (422, "student_unknown")


async def test_stricter_presets_note_sooner_and_all_are_listed(student_client: httpx2.AsyncClient) -> None:
    found = (await student_client.get("/api/v1/detection/presets")).json()
    assert [one["preset"] for one in found] == ["lenient", "standard", "strict"]
    holds = [next(k["hold_seconds"] for k in one["kinds"] if k["kind"] == "face_not_detected") for one in found]
    assert holds == sorted(holds, reverse=True)
    assert len(set(holds)) == 3
    assert all({k["kind"] for k in one["kinds"]} == set(ViolationKind) for one in found)
    measured = json.loads(MEASURED.read_text())
    for one in found:
        rates = {k["kind"]: rate for k in one["kinds"] if (rate := k["expected_false_alarms"]) is not None}
        assert rates == measured["false_alarms_per_hour"][one["preset"]]
        assert (one["measured_on"], one["measured_hours"]) == (measured["measured_on"], measured["hours"])
        usual = [k["expected_false_alarms"] or 0 for k in one["kinds"] if k["kind"] not in OFF_BY_ITSELF]
        assert one["expected_false_alarms"] == pytest.approx(sum(usual), abs=0.002)
