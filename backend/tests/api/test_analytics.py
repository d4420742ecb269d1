"""Analytics against rows that were counted by hand."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import openpyxl
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import (
    Accommodation,
    Answer,
    AuditEntry,
    Exam,
    ExamSession,
    GivenDecision,
    GivenVerdict,
    Outage,
    Paper,
    ServerPause,
    User,
    Violation,
)
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import Enrolment
from app.domain.outages import Cause
from app.domain.presets import Preset
from app.domain.questions import QuestionType
from app.domain.reviews import Decision, Verdict
from app.domain.roles import Role
from app.domain.violations import ViolationKind as Kind
from app.services.papers import drawn_parts
from app.services.sitting_reads import reload
from tests.builders import (
    make_enrolment,
    make_exam,
    make_exam_session,
    make_question,
    make_user,
    make_violation,
)
from tests.questions import CHOICE, EVERY_TYPE

ANALYTICS = "/api/v1/analytics"
DAY = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)  # a Monday; 09:30 in Dhaka
PERIOD = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-08T00:00:00Z"}


class World:
    """Two exams of one teacher, one of another; three sittings in the period and one before it."""

    exam: Exam
    second: Exam
    foreign: Exam
    one: User
    two: User
    first: ExamSession
    later: ExamSession
    running: ExamSession
    old: ExamSession


@pytest.fixture
async def world(sessions: Sessions, teacher: User) -> World:
    """Everything the numbers below were counted from."""
    world = World()
    async with unit_of_work(sessions) as db:
        window = {"start_time": DAY - timedelta(minutes=30), "end_time": DAY + timedelta(days=3)}
        world.exam = await make_exam(db, teacher, title="=Physics", group="PHY-1", enrolment=Enrolment.LIST, **window)
        world.second = await make_exam(db, teacher, title="রসায়ন", group="CHE-1", preset=Preset.STRICT, **window)
        world.foreign = await make_exam(db, await make_user(db, Role.TEACHER), title="Foreign", **window)
        world.one, world.two = await make_user(db, full_name="Abir"), await make_user(db, full_name="Bina")
        await make_enrolment(db, world.exam, world.one)
        await make_enrolment(db, world.exam, await make_user(db, full_name="Never came"))
        over: dict[str, Any] = {"state": SessionState.SUBMITTED, "settled": True}
        world.first = await make_exam_session(db, world.exam, world.one, start_time=DAY, coverage=1.0, **over)
        at = DAY + timedelta(days=1, hours=14, minutes=45)  # 00:15 on the 4th in Dhaka
        world.later = await make_exam_session(db, world.exam, world.two, start_time=at, coverage=0.44, **over)
        world.running = await make_exam_session(
            db, world.second, world.two, start_time=DAY, state=SessionState.ACTIVE, coverage=None
        )
        world.old = await make_exam_session(
            db, world.exam, world.one, start_time=DAY - timedelta(days=60), attempt=2, coverage=0.9, **over
        )
        elsewhere = await make_exam_session(db, world.foreign, world.one, start_time=DAY, **over)
        await make_violation(db, elsewhere, Kind.DEVTOOLS, started_at=DAY)
        await add_violations(db, world)
        for taken, trust in ((world.first, 80.0), (world.later, 40.0), (world.running, 100.0), (world.old, 10.0)):
            await db.execute(update(ExamSession).where(ExamSession.id == taken.id).values(trust=trust))
    return world


async def add_violations(db: AsyncSession, world: World) -> None:
    """Six of the first exam's (one dismissed, one renamed, one old), one of the second's."""
    rows: list[tuple[ExamSession, Kind, datetime, dict[str, Any]]] = [
        (world.first, Kind.LOOKING_AWAY, DAY, {"verdict": Verdict.CONFIRMED, "seconds": 10.0}),
        (world.first, Kind.LOOKING_AWAY, DAY + timedelta(minutes=40), {"verdict": Verdict.DISMISSED}),
        (world.first, Kind.MULTIPLE_FACES, DAY + timedelta(hours=1), {"verdict": Verdict.UNSURE, "seconds": 2.5}),
        (
            world.later,
            Kind.PHONE_DETECTED,
            DAY + timedelta(days=1, hours=15),
            {"verdict": Verdict.CONFIRMED, "reviewed_kind": Kind.BOOK_DETECTED, "confidence": 0.5},
        ),
        (world.later, Kind.LOOKING_AWAY, DAY + timedelta(days=1, hours=16), {}),
        (world.old, Kind.TAB_SWITCH, DAY - timedelta(days=60), {}),
        (world.running, Kind.LOOKING_AWAY, DAY, {}),
    ]
    for taken, kind, at, fields in rows:
        await make_violation(db, taken, kind, started_at=at, **fields)


async def get(client: httpx2.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(f"{ANALYTICS}/{path}", params=PERIOD | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_overview(world: World, teacher_client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient) -> None:
    assert await get(teacher_client, "overview") == {
        "total_exams": 2,
        "total_students": 3,
        "total_sessions": 4,
        "total_violations": 6,
        "total_dismissed": 1,
        "recent_exams": 2,
        "recent_sessions": 3,
        "recent_violations": 5,
        "average_trust_score": 0.6,
        "average_coverage": 0.72,
        "active_users": 2,
        "analysis_period_days": 7,
    }
    everything = await get(admin_client, "overview")
    assert (everything["total_exams"], everything["total_sessions"], everything["total_violations"]) == (3, 5, 7)
    chemistry = await get(teacher_client, "overview", course="CHE-1")
    assert (chemistry["total_sessions"], chemistry["average_trust_score"]) == (1, None)
    assert await get(teacher_client, "overview", exam_id=world.second.id) == chemistry


async def test_trends_by_day_in_dhaka_and_in_utc(world: World, teacher_client: httpx2.AsyncClient) -> None:
    found = await get(teacher_client, "violations/trends")
    assert found["timezone"] == "Asia/Dhaka"
    days = {one["date"]: one for one in found["trends"]}
    assert list(days) == [f"2026-03-0{day}" for day in range(1, 9)]  # the period ends at 06:00 on the 8th in Dhaka
    assert [(day, one["total"], one["dismissed"], one["sessions"]) for day, one in days.items() if one["total"]] == [
        ("2026-03-02", 3, 1, 2),
        ("2026-03-04", 2, 0, 1),
    ]
    assert days["2026-03-02"]["by_severity"] == {"info": 0, "warning": 2, "critical": 1}
    assert days["2026-03-02"]["by_type"] == {"looking_away": 2, "multiple_faces": 1}
    assert days["2026-03-04"]["by_type"] == {"book_detected": 1, "looking_away": 1}
    utc = await get(teacher_client, "violations/trends", tz="UTC")
    assert [(one["date"], one["total"]) for one in utc["trends"] if one["total"]] == [
        ("2026-03-02", 3),
        ("2026-03-03", 2),
    ]
    weeks = await get(teacher_client, "violations/trends", interval="week")
    assert [(one["date"], one["total"]) for one in weeks["trends"]] == [("2026-02-23", 0), ("2026-03-02", 5)]
    months = await get(teacher_client, "violations/trends", interval="month", since="2026-01-15T00:00:00Z")
    assert [(one["date"], one["total"]) for one in months["trends"]] == [
        ("2026-01-01", 0),
        ("2026-02-01", 0),
        ("2026-03-01", 5),
    ]


async def test_types_count_what_a_reviewer_found(world: World, teacher_client: httpx2.AsyncClient) -> None:
    assert await get(teacher_client, "violations/types", exam_id=world.exam.id) == [
        {
            "type": "looking_away",
            "count": 2,
            "percentage": 50.0,
            "sessions": 2,
            "seconds": 15.0,
            "average_confidence": 1.0,
            "dismissed": 1,
        },
        {
            "type": "book_detected",
            "count": 1,
            "percentage": 25.0,
            "sessions": 1,
            "seconds": 5.0,
            "average_confidence": 0.5,
            "dismissed": 0,
        },
        {
            "type": "multiple_faces",
            "count": 1,
            "percentage": 25.0,
            "sessions": 1,
            "seconds": 2.5,
            "average_confidence": 1.0,
            "dismissed": 0,
        },
    ]


async def test_distributions(world: World, teacher_client: httpx2.AsyncClient) -> None:
    trust = await get(teacher_client, "trust-scores/distribution")
    assert {one["range"]: (one["count"], one["percentage"]) for one in trust["distribution"] if one["count"]} == {
        "0.4-0.5": (1, 50.0),
        "0.8-0.9": (1, 50.0),
    }
    assert (trust["total_sessions"], trust["unknown"], trust["average"], trust["median"]) == (2, 0, 0.6, 0.6)
    coverage = await get(teacher_client, "coverage/distribution")
    assert [one["count"] for one in coverage["distribution"]] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    nothing = await get(teacher_client, "coverage/distribution", exam_id=world.second.id)
    assert (nothing["total_sessions"], nothing["average"], nothing["median"]) == (0, None, None)


async def test_hours_of_the_day(world: World, teacher_client: httpx2.AsyncClient) -> None:
    found = await get(teacher_client, "activity/hourly")
    hours = {one["hour"]: (one["sessions"], one["violations"]) for one in found["hours"]}
    assert len(hours) == 24
    assert {hour: pair for hour, pair in hours.items() if any(pair)} == {0: (1, 1), 1: (0, 1), 9: (2, 2), 10: (0, 1)}
    assert found["hours"][9]["by_type"] == {"looking_away": 2}
    utc = await get(teacher_client, "activity/hourly", tz="UTC")
    assert (utc["hours"][3]["sessions"], utc["hours"][18]["sessions"]) == (2, 1)


async def test_exams_and_students(world: World, teacher_client: httpx2.AsyncClient) -> None:
    second, first = await get(teacher_client, "exams/performance")
    assert (first["title"], first["course"], first["total_sessions"], first["students"]) == ("=Physics", "PHY-1", 2, 2)
    assert (first["completed_sessions"], first["completion_rate"]) == (2, 1.0)
    assert (first["average_trust_score"], first["average_coverage"]) == (0.6, 0.72)
    assert (first["total_violations"], first["dismissed"], first["violations_per_session"]) == (4, 1, 2.0)
    assert (second["total_sessions"], second["completed_sessions"], second["average_trust_score"]) == (1, 0, None)
    abir, bina = await get(teacher_client, "students/performance")
    assert (abir["full_name"], abir["total_sessions"], abir["total_violations"], abir["dismissed"]) == ("Abir", 1, 2, 1)
    assert (bina["total_sessions"], bina["completed_sessions"], bina["lowest_trust_score"]) == (2, 1, 0.4)
    assert (bina["total_violations"], bina["average_coverage"]) == (3, 0.44)
    assert len(await get(teacher_client, "students/performance", skip=1)) == 1


async def test_marks_of_what_is_wholly_marked(
    world: World, teacher_client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        await db.execute(update(Exam).where(Exam.id == world.exam.id).values(passing_score=50.0))
        choice = await make_question(db, world.exam, CHOICE)
        for taken, value in ((world.first, "b"), (world.later, "a"), (world.old, "a")):  # right, wrong, out of period
            await drawn_parts(db, await reload(db, taken.id))
            db.add(Answer(exam_session_id=taken.id, question_id=choice.id, value=value, client_seq=1, seq=1))
    _second, first = await get(teacher_client, "exams/performance")
    assert (first["average_score"], first["pass_rate"]) == (50.0, 0.5)
    abir, bina = await get(teacher_client, "students/performance")
    assert (abir["average_score"], bina["average_score"]) == (100.0, 0.0)
    async with unit_of_work(sessions) as db:
        essay = await make_question(db, world.exam, EVERY_TYPE[QuestionType.ESSAY])
        paper = await db.get_one(Paper, world.first.id)
        paper.parts = [{**paper.parts[0], "questions": [*paper.parts[0]["questions"], {"id": essay.id, "orders": {}}]}]
        db.add(Answer(exam_session_id=world.first.id, question_id=essay.id, value="words", client_seq=2, seq=2))
    _second, first = await get(teacher_client, "exams/performance")  # one waits for a person now and does not count
    assert (first["average_score"], first["pass_rate"]) == (0.0, 0.0)


async def test_false_alarms_by_detector_and_preset(
    world: World, teacher_client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        db.add(Accommodation(exam_id=world.exam.id, student_id=world.two.id, preset=Preset.LENIENT))
    found = await get(teacher_client, "dismissals")
    rows = {(one.pop("kind"), one.pop("preset")): one for one in found}
    assert rows[("looking_away", "standard")] == {
        "noted": 2,
        "confirmed": 1,
        "dismissed": 1,
        "unsure": 0,
        "reclassified": 0,
        "false_alarm_rate": 0.5,
        "low": 0.0945,
        "high": 0.9055,
    }
    assert rows[("looking_away", "lenient")]["false_alarm_rate"] is None
    assert rows[("looking_away", "strict")]["noted"] == 1
    assert (rows[("multiple_faces", "standard")]["unsure"], rows[("multiple_faces", "standard")]["low"]) == (1, None)
    assert (rows[("phone_detected", "lenient")]["reclassified"], rows[("phone_detected", "lenient")]["noted"]) == (1, 1)
    assert len(rows) == 5


async def test_reviewers(
    world: World, teacher_client: httpx2.AsyncClient, sessions: Sessions, teacher: User, admin: User
) -> None:
    async with unit_of_work(sessions) as db:
        (violation,) = await db.scalars(select(Violation.id).where(Violation.exam_session_id == world.old.id))
        trust = {"trust_before": 50.0, "trust_after": 50.0}
        for who, taken, seconds in (
            (teacher.id, world.first, 0),
            (teacher.id, world.first, 20),
            (teacher.id, world.later, 50),
            (teacher.id, world.later, 50 + 301),  # after a pause that does not count
            (admin.id, world.later, 0),
            (999_999, world.later, 10),  # whose account is gone
        ):
            verdict = GivenVerdict(
                exam_session_id=taken.id,
                violation_id=violation,
                reviewer_id=who,
                verdict=Verdict.UNSURE,
                created_at=DAY + timedelta(seconds=seconds),
                **trust,
            )
            db.add(verdict)
        db.add(
            GivenDecision(
                exam_session_id=world.later.id,
                reviewer_id=teacher.id,
                decision=Decision.CLEAN,
                trust=40.0,
                measured_trust=40.0,
                created_at=DAY + timedelta(seconds=361),
            )
        )
    found = await get(teacher_client, "reviewers")
    mine = next(one for one in found["reviewers"] if one["reviewer_id"] == teacher.id)
    assert (mine["verdicts"], mine["decisions"], mine["sessions"]) == (4, 1, 2)
    assert (mine["minutes"], mine["median_seconds"]) == (1.0, 20.0)  # 20 + 30 + 10 seconds
    assert [one["full_name"] for one in found["reviewers"]] == [teacher.full_name, admin.full_name, ""]
    assert (found["undecided_sessions"], found["unreviewed_violations"]) == (2, 2)


async def test_connections(world: World, teacher_client: httpx2.AsyncClient, sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        for taken, cause, seconds, credited in (
            (world.first, Cause.LINK, 60, 45.0),
            (world.first, Cause.LINK, 30, 0.0),
            (world.later, Cause.SERVER, 20, 20.0),
            (world.old, Cause.LINK, 500, 0.0),
        ):
            end = DAY + timedelta(seconds=seconds)
            db.add(
                Outage(exam_session_id=taken.id, started_at=DAY, ended_at=end, cause=cause, credited_seconds=credited)
            )
        db.add(ServerPause(started_at=DAY, ended_at=DAY + timedelta(seconds=20)))
        db.add(ServerPause(started_at=DAY - timedelta(days=60), ended_at=DAY - timedelta(days=59)))
        for taken, lost in ((world.first, {"too_dark": 4.5, "link_lost": 90.0}), (world.later, {"too_dark": 1.0})):
            analysis = {"coverage": {"lost": lost}}
            await db.execute(update(ExamSession).where(ExamSession.id == taken.id).values(analysis=analysis))
    found = await get(teacher_client, "connections")
    physics, chemistry = found["exams"]
    assert physics == {
        "exam_id": world.exam.id,
        "title": "=Physics",
        "sessions": 2,
        "sessions_with_outages": 2,
        "outages": 3,
        "link_seconds": 90.0,
        "server_seconds": 20.0,
        "longest_seconds": 60.0,
        "credited_seconds": 65.0,
        "average_coverage": 0.72,
    }
    assert (chemistry["sessions"], chemistry["outages"], chemistry["longest_seconds"]) == (1, 0, 0.0)
    assert found["unseen_seconds"] == {"link_lost": 90.0, "too_dark": 5.5}
    assert (found["server_pauses"], found["server_pause_seconds"]) == (1, 20.0)


async def test_exports_hold_the_same_numbers_and_no_formula(
    world: World, teacher_client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    by_csv = await teacher_client.get(f"{ANALYTICS}/export", params=PERIOD | {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(by_csv.content.decode("utf-8-sig"))))
    assert [(row["title"], row["total_violations"]) for row in rows] == [("রসায়ন", "1"), ("'=Physics", "4")]
    assert by_csv.headers["content-disposition"] == 'attachment; filename="analytics-exams.csv"'
    by_xlsx = await teacher_client.get(f"{ANALYTICS}/export", params=PERIOD | {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(by_xlsx.content))
    assert len(book.sheetnames) == 11
    for sheet in book.worksheets:
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert book["overview"]["C2"].value == 4  # total_sessions
    by_json = (await teacher_client.get(f"{ANALYTICS}/export", params=PERIOD | {"format": "json"})).json()
    assert by_json["overview"] == [await get(teacher_client, "overview")]
    assert by_json["exams"] == await get(teacher_client, "exams/performance")
    one = await teacher_client.get(f"{ANALYTICS}/export", params=PERIOD | {"format": "csv", "report": "trends"})
    assert len(one.content.splitlines()) == 9
    async with sessions() as db:
        entries = select(AuditEntry.detail).where(AuditEntry.action == "analytics.export")
        noted = await db.scalars(entries.order_by(AuditEntry.id))
        assert [detail["format"] for detail in noted] == ["csv", "xlsx", "json", "csv"]


async def test_other_teachers_get_other_numbers(
    world: World, sessions: Sessions, client: httpx2.AsyncClient, login: Any
) -> None:
    async with unit_of_work(sessions) as db:
        stranger = await make_user(db, Role.TEACHER)
    client.headers |= login(stranger)
    numbers = await get(client, "overview")
    assert {name: value for name, value in numbers.items() if value} == {"analysis_period_days": 7}
    for path in ("violations/types", "exams/performance", "students/performance", "dismissals"):
        assert await get(client, path) == []
    hidden = await client.get(f"{ANALYTICS}/overview", params={"exam_id": world.exam.id})
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
