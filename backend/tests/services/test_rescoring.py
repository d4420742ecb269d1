"""Other weights for a whole exam: compared before they are saved; stored, live and recomputed scores agree after it."""

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import AuditEntry, Exam, ExamSession, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.trust import trust_score
from app.domain.violations import ViolationKind
from app.services import exam_sittings
from app.services.violations import episode_of, exam_weights
from tests.builders import make_exam_session, make_user, make_violation
from tests.fakes import ScriptedEngine
from tests.live import LiveServer

AWAY = ViolationKind.LOOKING_AWAY


@pytest.fixture
async def several(sessions: Sessions, exam: Exam) -> list[ExamSession]:
    """Three sittings, with a minute of looking away in the first two."""
    async with unit_of_work(sessions) as db:
        sat = [await make_exam_session(db, exam, await make_user(db)) for _ in range(3)]
        for taken in sat[:2]:
            await make_violation(db, taken, AWAY, seconds=60.0)
    return sat


async def agree(db: AsyncSession, exam: Exam) -> None:
    """Every stored score is the pure function of what is stored (I6)."""
    fresh = await db.get_one(Exam, exam.id, populate_existing=True)
    for taken in await db.scalars(
        select(ExamSession).where(ExamSession.exam_id == exam.id).execution_options(populate_existing=True)
    ):
        rows = await db.scalars(select(Violation).where(Violation.exam_session_id == taken.id).order_by(Violation.id))
        assert taken.trust == trust_score([episode_of(row) for row in rows], exam_weights(fresh.weights))


async def test_a_preview_changes_nothing_and_saving_does(
    teacher_client: httpx2.AsyncClient, db: AsyncSession, exam: Exam, several: list[ExamSession],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(exam_sittings, "AT_ONCE", 2)
    wanted = {"weights": {"looking_away": 0.1}, "warning_threshold": 0.95}
    path = f"/api/v1/exams/{exam.id}/rescore"
    shown = (await teacher_client.post(f"{path}/preview", json=wanted)).json()
    assert [(row["before"], row["after"]) for row in shown] == [(65.0, 90.0), (65.0, 90.0), (100.0, 100.0)]
    assert (shown[0]["band_before"], shown[0]["band_after"]) == ("watch", "watch")
    await agree(db, exam)
    assert (await teacher_client.post(path, json=wanted)).json() == shown
    await agree(db, exam)
    read = (await teacher_client.get(f"/api/v1/exams/{exam.id}")).json()
    assert (read["weights"], read["warning_threshold"]) == ({"looking_away": 0.1}, 0.95)
    (entry,) = await db.scalars(select(AuditEntry).where(AuditEntry.action == "exam.rescore"))
    assert '"looking_away": 0.1' in str(entry.detail["after"])
    assert '"weights": {}' in str(entry.detail["before"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"weights": {"looking_away": 1.5}}, "validation_failed"),
        ({"weights": {"dishonesty": 0.5}}, "validation_failed"),
        ({"weights": {}, "warning_threshold": 0.2}, "exam_thresholds_invalid"),
        ({}, "validation_failed"),
    ],
)
async def test_bad_weights(teacher_client: httpx2.AsyncClient, exam: Exam, body: dict[str, object], code: str) -> None:
    for path in ("rescore/preview", "rescore"):
        answer = await teacher_client.post(f"/api/v1/exams/{exam.id}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_weights_changed_with_the_exam_count_at_once_also_live(
    server: LiveServer, teacher: User, student: User, exam: Exam, taken: ExamSession, several: list[ExamSession],
    db: AsyncSession,
) -> None:  # fmt: skip
    server.use(engine=ScriptedEngine())
    line = await server.student(student, taken)
    await line.say(1, kind="devtools")
    await line.acknowledged(1)
    async with server.browser(teacher) as browser:
        answer = await browser.put(f"/exams/{exam.id}", json={"weights": {"devtools": 0.2, "copy_paste": 0.0}})
        assert answer.status_code == 200
    live = server.live.get(taken.id)
    assert live is not None
    assert live.trust == pytest.approx(90.0)
    await line.say(2, kind="copy_paste")
    await line.acknowledged(2)
    assert live.trust == pytest.approx(90.0)
    await agree(db, exam)
