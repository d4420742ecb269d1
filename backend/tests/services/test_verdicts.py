"""Verdicts: the trust follows at once, stored, live and recomputed alike (I6); nothing is overwritten or unaudited."""

import asyncio
import random
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.core.events import Bus
from app.core.master_keys import MasterKeys
from app.db.models import AuditEntry, Exam, ExamSession, GivenVerdict, User, Violation
from app.db.session import Sessions, make_sessions, unit_of_work
from app.domain.reviews import Given, Judgement, Verdict, standing_row
from app.domain.roles import Role
from app.domain.trust import Episode, measured_score, trust_score
from app.domain.violations import ViolationKind
from app.schemas.reviews import VerdictRequest
from app.services.verdicts import give_verdict
from app.services.violations import episode_of, exam_weights
from tests.builders import make_exam, make_exam_session, make_user, make_violation
from tests.fakes import ScriptedEngine
from tests.live import LiveServer

SEED = 7
AWAY, TABS = ViolationKind.LOOKING_AWAY, ViolationKind.TAB_SWITCH


@pytest.fixture
async def noted(sessions: Sessions, taken: ExamSession) -> list[Violation]:
    """A minute of looking away, and one switch of tabs."""
    async with unit_of_work(sessions) as db:
        return [
            await make_violation(db, taken, AWAY, seconds=60.0),
            await make_violation(db, taken, TABS, seconds=0.0, count=2),
        ]


async def recomputed(db: AsyncSession, taken: ExamSession) -> tuple[float, float]:
    """The trust as stored, and as the stored violations give it."""
    rows = await db.scalars(select(Violation).where(Violation.exam_session_id == taken.id).order_by(Violation.id))
    exam = await db.get_one(Exam, taken.exam_id)
    stored = await db.scalar(select(ExamSession.trust).where(ExamSession.id == taken.id))
    return stored or 0.0, trust_score([episode_of(row) for row in rows], exam_weights(exam.weights))


async def said(client: httpx2.AsyncClient, row: Violation, verdict: str, **more: str) -> dict[str, Any]:
    """The answer to a verdict."""
    answer = await client.post(f"/api/v1/violations/{row.id}/verdict", json={"verdict": verdict, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_newest_that_was_not_taken_back_stands() -> None:
    first, second = Judgement(Verdict.CONFIRMED), Judgement(Verdict.DISMISSED)
    history = [Given(1, first), Given(2, second)]
    assert standing_row(history) == history[1]
    assert standing_row([*history, Given(3, None, undoes=2)]) == history[0]
    assert standing_row([*history, Given(3, None, undoes=2), Given(4, None, undoes=1)]) is None


def test_what_was_dismissed_costs_nothing_and_another_kind_costs_its_own() -> None:
    away = Episode(AWAY, 1.0, 60.0, 1)
    dismissed = Episode(AWAY, 1.0, 60.0, 1, Judgement(Verdict.DISMISSED))
    unsure = Episode(AWAY, 1.0, 60.0, 1, Judgement(Verdict.UNSURE))
    phone = Episode(AWAY, 1.0, 60.0, 1, Judgement(Verdict.CONFIRMED, ViolationKind.PHONE_DETECTED))
    assert trust_score([dismissed]) == 100.0
    assert trust_score([unsure]) == trust_score([away]) == pytest.approx(65.0)
    assert trust_score([phone]) == pytest.approx(80.0)
    assert measured_score([dismissed, phone]) == trust_score([away, away])


async def test_dismissing_raises_the_trust_and_both_values_stay(
    teacher_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    db: AsyncSession,
    taken: ExamSession,
    noted: list[Violation],
) -> None:
    before, _ = await recomputed(db, taken)
    answer = await said(teacher_client, noted[0], "dismissed", reason="the lamp")
    assert answer["trust"] == pytest.approx(before / 0.65, abs=0.01)
    assert (answer["violation"]["verdict"], answer["violation"]["counts"]) == ("dismissed", False)
    stored, pure = await recomputed(db, taken)
    assert stored == pure
    seen = (await student_client.get(f"/api/v1/exam-sessions/{taken.id}/violations")).json()
    assert (seen[0]["kind"], seen[0]["verdict"]) == ("looking_away", "dismissed")
    alerts = (await student_client.get(f"/api/v1/proctoring/alerts/{taken.id}")).json()
    assert alerts[0]["trust_score_impact"] == 0.0


async def test_another_kind_weighs_as_that_kind_and_the_first_is_kept(
    teacher_client: httpx2.AsyncClient, db: AsyncSession, taken: ExamSession, noted: list[Violation]
) -> None:
    answer = await said(teacher_client, noted[0], "confirmed", kind="phone_detected")
    shown = answer["violation"]
    assert (shown["kind"], shown["reviewed_kind"], shown["counts"]) == ("looking_away", "phone_detected", True)
    assert answer["trust"] == pytest.approx(100 * 0.8 * 0.9, abs=0.01)
    stored, pure = await recomputed(db, taken)
    assert stored == pure
    assert (await said(teacher_client, noted[0], "confirmed", kind="looking_away"))["violation"][
        "reviewed_kind"
    ] is None


async def test_taking_back_walks_back_through_the_history(
    teacher_client: httpx2.AsyncClient, db: AsyncSession, taken: ExamSession, noted: list[Violation]
) -> None:
    before, _ = await recomputed(db, taken)
    await said(teacher_client, noted[0], "confirmed")
    await said(teacher_client, noted[0], "dismissed")
    undo = f"/api/v1/violations/{noted[0].id}/verdict/undo"
    assert (await teacher_client.post(undo)).json()["violation"]["verdict"] == "confirmed"
    last = (await teacher_client.post(undo)).json()
    assert (last["violation"]["verdict"], last["trust"]) == (None, pytest.approx(before, abs=0.01))
    answer = await teacher_client.post(undo)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_undo")
    rows = (await db.scalars(select(GivenVerdict).order_by(GivenVerdict.id))).all()
    assert [(row.verdict, row.undoes is None) for row in rows] == [
        ("confirmed", True),
        ("dismissed", True),
        (None, False),
        (None, False),
    ]


async def test_several_are_dismissed_at_once_but_never_confirmed(
    teacher_client: httpx2.AsyncClient,
    sessions: Sessions,
    db: AsyncSession,
    exam: Exam,
    taken: ExamSession,
    noted: list[Violation],
) -> None:
    path = f"/api/v1/exams/{exam.id}/verdicts"
    wanted = {"violation_ids": [row.id for row in noted], "verdict": "confirmed", "reason": "all of it"}
    answer = await teacher_client.post(path, json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, "confirm_one_by_one")
    done = (await teacher_client.post(path, json={**wanted, "verdict": "dismissed"})).json()
    assert done["exam_sessions"] == [{"exam_session_id": taken.id, "trust": 100.0, "band": "good"}]
    undone = (await teacher_client.post(f"{path}/undo", json={"violation_ids": wanted["violation_ids"]})).json()
    assert [one["verdict"] for one in undone["violations"]] == [None, None]
    async with unit_of_work(sessions) as other:
        stranger = await make_exam(other, await make_user(other, Role.TEACHER))
        theirs = await make_exam_session(other, stranger, await make_user(other))
        foreign = await make_violation(other, theirs, AWAY)
    mixed = {**wanted, "verdict": "dismissed", "violation_ids": [noted[0].id, foreign.id]}
    assert (await teacher_client.post(path, json=mixed)).status_code == 404
    assert await db.scalar(select(func.count()).where(Violation.verdict.is_not(None))) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"verdict": "cleared"}, "validation_failed"),
        ({"verdict": "dismissed", "kind": "devtools"}, "dismissed_has_no_kind"),
        ({"verdict": "confirmed", "kind": "too_dark"}, "validation_failed"),
        ({"verdict": "confirmed", "reason": "x" * 501}, "validation_failed"),
        ({"verdict": "confirmed", "trust_after": 100}, "validation_failed"),
    ],
)
async def test_bad_verdicts(
    teacher_client: httpx2.AsyncClient, noted: list[Violation], body: dict[str, object], code: str
) -> None:
    answer = await teacher_client.post(f"/api/v1/violations/{noted[0].id}/verdict", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_without_its_audit_row_there_is_no_verdict(
    teacher_client: httpx2.AsyncClient,
    engine: AsyncEngine,
    db: AsyncSession,
    taken: ExamSession,
    noted: list[Violation],
) -> None:
    before, _ = await recomputed(db, taken)
    async with engine.begin() as connection:
        await connection.execute(
            text("CREATE TRIGGER broken BEFORE INSERT ON audit_log EXECUTE FUNCTION refuse_change()")
        )
    try:
        answer = await teacher_client.post(f"/api/v1/violations/{noted[0].id}/verdict", json={"verdict": "dismissed"})
        assert answer.status_code >= 500
    finally:
        async with engine.begin() as connection:
            await connection.execute(text("DROP TRIGGER broken ON audit_log"))
    assert await recomputed(db, taken) == (before, before)
    await said(teacher_client, noted[0], "dismissed")
    assert await db.scalar(select(func.count()).where(AuditEntry.action == "violation.verdict")) == 1


@pytest.mark.parametrize("table", ["verdicts", "audit_log"])
async def test_nobody_changes_what_was_said(
    teacher_client: httpx2.AsyncClient, engine: AsyncEngine, noted: list[Violation], table: str
) -> None:
    await said(teacher_client, noted[0], "dismissed")
    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as connection:
            await connection.execute(text(f"UPDATE {table} SET created_at = now()"))


# --- a sitting that goes on -------------------------------------------------------------------------------------------


async def test_a_verdict_reaches_the_live_sitting_and_the_teachers_page(
    server: LiveServer, teacher: User, student: User, exam: Exam, taken: ExamSession, db: AsyncSession
) -> None:
    server.use(engine=ScriptedEngine())
    page, line = await server.page(teacher, exam.id), await server.student(student, taken)
    await line.say(1, kind="devtools")
    opened = (await page.until("violation.opened"))["violation"]
    async with server.browser(teacher) as browser:
        answer = await browser.post(f"/violations/{opened['id']}/verdict", json={"verdict": "dismissed"})
    assert answer.json()["trust"] == 100.0
    heard = await page.until("violation.updated")
    assert (heard["trust"], heard["violation"]["verdict"], heard["violation"]["counts"]) == (100.0, "dismissed", False)
    live = server.live.get(taken.id)
    assert live is not None
    assert live.trust == 100.0
    await line.say(2, kind="copy_paste")
    later = await page.until("violation.opened", session_id=taken.id)
    assert later["trust"] == pytest.approx(100 * (1 - 0.25 / 8), abs=0.01)
    stored, pure = await recomputed(db, taken)
    assert stored == pure == live.trust


async def test_a_student_who_sees_the_score_hears_of_the_change_and_not_of_the_verdict(
    server: LiveServer, sessions: Sessions, teacher: User, student: User, exam: Exam, taken: ExamSession
) -> None:
    server.use(engine=ScriptedEngine())
    async with unit_of_work(sessions) as db:
        (await db.get_one(Exam, exam.id)).show_trust = True
    line = await server.student(student, taken)
    await line.say(1, kind="devtools")
    assert (await line.until("trust"))["score"] == 75.0
    (row,) = await server.violations(taken)
    async with server.browser(teacher) as browser:
        await browser.post(f"/violations/{row.id}/verdict", json={"verdict": "dismissed"})
    assert (await line.until("trust"))["score"] == 100.0
    assert [one["type"] for one in line.heard if one["type"].startswith("violation")] == ["violation.opened"]


async def test_a_verdict_of_another_server_process_is_found_at_the_next_change(
    server: LiveServer, engine: AsyncEngine, teacher: User, student: User, taken: ExamSession, db: AsyncSession
) -> None:
    server.use(engine=ScriptedEngine())
    line = await server.student(student, taken)
    await line.say(1, kind="devtools")
    await line.acknowledged(1)
    (row,) = await server.violations(taken)
    async with unit_of_work(make_sessions(engine, Bus(), MasterKeys(server.settings.master_key_file))) as elsewhere:
        await give_verdict(elsewhere, teacher, row.id, VerdictRequest(verdict=Verdict.DISMISSED))
    await line.say(2, kind="copy_paste")
    await line.acknowledged(2)
    stored, pure = await recomputed(db, taken)
    live = server.live.get(taken.id)
    assert live is not None
    assert stored == pure == live.trust
    assert stored == pytest.approx(100 * (1 - 0.25 / 8))


async def test_verdicts_during_a_storm_of_events_agree_with_the_recomputation(
    server: LiveServer, teacher: User, student: User, taken: ExamSession, db: AsyncSession
) -> None:
    server.use(engine=ScriptedEngine())
    line, chance = await server.student(student, taken), random.Random(SEED)
    kinds = ("devtools", "copy_paste", "right_click", "tab_switch", "keyboard_shortcut", "second_screen")

    async def act() -> None:
        for seq in range(1, 61):
            await line.say(seq, kind=chance.choice(kinds))
        await line.acknowledged(60)

    async def look() -> None:
        async with server.browser(teacher) as browser:
            for _ in range(8):
                for row in await server.violations(taken):
                    verdict = chance.choice(("dismissed", "confirmed", "unsure"))
                    await browser.post(f"/violations/{row.id}/verdict", json={"verdict": verdict})

    await asyncio.gather(act(), look())
    stored, pure = await recomputed(db, taken)
    live = server.live.get(taken.id)
    assert live is not None
    assert stored == pure == live.trust
    await line.connection.close()
    async with server.browser(student) as browser:
        ended = (await browser.post(f"/proctoring/end-session/{taken.id}")).json()
    stored, pure = await recomputed(db, taken)
    assert stored == pure
    assert ended["final_trust_score"] == pytest.approx(stored / 100, abs=1e-4)
