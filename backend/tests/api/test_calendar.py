"""The calendar: whose exams, and which students would have to be in two places."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from app.db.models import Exam, User
from app.db.session import Sessions, unit_of_work
from app.domain.exams import ExamStatus
from app.domain.roles import Role
from app.domain.schedule import Clash, Slot, clash
from tests.builders import make_enrolment, make_exam, make_user

NINE = datetime(2027, 5, 3, 9, tzinfo=UTC)
PERIOD = {"since": "2027-05-01T00:00:00Z", "until": "2027-06-01T00:00:00Z"}


def slot(begin: float, end: float, minutes: int) -> Slot:
    return Slot(NINE + timedelta(hours=begin), NINE + timedelta(hours=end), minutes)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (slot(0, 1, 60), slot(1, 2, 60), None),
        (slot(0, 1, 60), slot(0, 1, 60), Clash.IMPOSSIBLE),
        (slot(0, 3, 60), slot(0, 3, 60), Clash.TIGHT),
        (slot(0, 2, 60), slot(0.5, 1.5, 60), Clash.IMPOSSIBLE),
        (slot(0, 4, 60), slot(1, 2, 60), Clash.TIGHT),
        (slot(0, 2, 61), slot(0, 2, 60), Clash.IMPOSSIBLE),
        (slot(0, 1, 600), slot(0.99, 3, 60), Clash.TIGHT),
    ],
)
def test_what_one_person_can_sit(one: Slot, other: Slot, found: Clash | None) -> None:
    assert clash(one, other) == clash(other, one) == found


async def make_three(sessions: Sessions, teacher: User) -> dict[str, Any]:
    """Two exams of the teacher and one of a colleague at the same hour; two students on several lists."""
    async with unit_of_work(sessions) as db:
        window: dict[str, Any] = {"start_time": NINE, "end_time": NINE + timedelta(hours=1)}
        physics = await make_exam(db, teacher, title="Physics", status=ExamStatus.DRAFT, **window)
        maths = await make_exam(db, teacher, title="Maths", **window)
        foreign = await make_exam(db, await make_user(db, Role.TEACHER), title="Secret", **window)
        off = await make_exam(db, teacher, title="Off", status=ExamStatus.CANCELLED, **window)
        later = await make_exam(
            db, teacher, title="Later", start_time=NINE + timedelta(days=60), end_time=NINE + timedelta(days=61)
        )
        abir, bina = await make_user(db, full_name="Abir"), await make_user(db, full_name="Bina")
        lists: list[tuple[Exam, User]] = [(physics, abir), (physics, bina), (maths, bina), (foreign, abir)]
        for exam, student in [*lists, (off, abir), (off, bina), (later, abir)]:
            await make_enrolment(db, exam, student)
    return {"physics": physics, "maths": maths, "foreign": foreign, "abir": abir, "bina": bina}


async def test_clashes_name_ones_own_exams_and_only_the_time_of_others(
    sessions: Sessions, teacher: User, teacher_client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient
) -> None:
    world = await make_three(sessions, teacher)
    found = (await teacher_client.get("/api/v1/exams/calendar", params=PERIOD)).json()
    assert [(one["title"], one["enrolled"], len(one["conflicts"])) for one in found] == [
        ("Physics", 2, 2),
        ("Maths", 1, 1),
        ("Off", 2, 0),
    ]
    maths, foreign = found[0]["conflicts"]
    assert (maths["title"], maths["exam_id"], maths["clash"]) == ("Maths", world["maths"].id, "impossible")
    assert maths["students"] == [{"id": world["bina"].id, "full_name": "Bina"}]
    assert (foreign["title"], foreign["exam_id"], foreign["student_count"]) == (None, None, 1)
    assert foreign["start_time"].startswith("2027-05-03T09:00")
    everything = (await admin_client.get("/api/v1/exams/calendar", params=PERIOD)).json()
    assert [one["title"] for one in everything] == ["Physics", "Maths", "Secret", "Off"]
    assert "Secret" in [one["title"] for one in everything[0]["conflicts"]]


@pytest.mark.parametrize(
    "period",
    [
        {},
        {"since": "2027-05-01T00:00:00Z"},
        {"since": "2027-05-02T00:00:00Z", "until": "2027-05-01T00:00:00Z"},
        {"since": "2027-05-01T00:00:00Z", "until": "2029-05-01T00:00:00Z"},
        {"since": "tomorrow", "until": "2029-05-01T00:00:00Z"},
    ],
)
async def test_odd_periods_are_422(teacher_client: httpx2.AsyncClient, period: dict[str, str]) -> None:
    assert (await teacher_client.get("/api/v1/exams/calendar", params=period)).status_code == 422
