"""A second camera and the screen beside the main camera: judged apart, shown apart, and nothing said twice."""

from datetime import timedelta
from typing import Any

import pytest

from app.ai.types import FrameReport, FrameRequest
from app.core.clock import now
from app.db.models import Exam, ExamSession, User
from app.domain.sources import KEYS_EACH, Source
from app.domain.violations import NeutralState, Observation, ViolationKind
from tests.fakes import ScriptedEngine
from tests.live import Line, LiveServer
from tests.pictures import jpeg

SECOND_CAMERA, SCREEN = 3, 4
PHONE = Observation(ViolationKind.PHONE_DETECTED, 0.6, {"score": 0.6}, {"score": 0.22})


class Sources(ScriptedEngine):
    """Each source shows what the test puts there: observations, or a screen's change."""

    def __init__(self) -> None:
        super().__init__(self._report)
        self.shown: dict[Source, tuple[Observation, ...]] = {}
        self.states: dict[Source, tuple[NeutralState, ...]] = {}
        self.change = 0.0

    def _report(self, request: FrameRequest) -> FrameReport:
        return FrameReport(
            at=request.at,
            width=320,
            height=240,
            observations=self.shown.get(request.source, ()),
            states=self.states.get(request.source, ()),
            memory={"of": {"source": str(request.source)}},
            thumbnail=b"small" if request.thumbnail else None,
            change=self.change if request.source is Source.SCREEN else None,
        )


@pytest.fixture
def shown(server: LiveServer) -> Sources:
    """The engine of this test, and frames as fast as it likes."""
    engine = Sources()
    server.use(engine=engine)
    server.change(MAX_FPS=30)
    return engine


class Camera:
    """One source of a student: counts its own frames and takes one each half second."""

    def __init__(self, line: Line, kind: int) -> None:
        self._line, self._kind = line, kind
        self._number, self._ms = 0, int(now().timestamp() * 1000)

    async def film(self, frames: int) -> dict[str, Any]:
        """So many frames, each sent when the one before was answered; the last answer."""
        source = {1: "camera", SECOND_CAMERA: "second_camera", SCREEN: "screen"}[self._kind]
        done: dict[str, Any] = {}
        for _ in range(frames):
            self._number += 1
            self._ms += 500
            await self._line.show(self._number, jpeg(), self._ms, kind=self._kind)
            done = await self._line.until("frame.done", number=self._number, source=source)
        return done


async def test_one_camera_does_not_contradict_the_other(
    server: LiveServer, student: User, taken: ExamSession, shown: Sources
) -> None:
    line = await server.student(student, taken)
    main, second = Camera(line, 1), Camera(line, SECOND_CAMERA)
    shown.shown[Source.SECOND_CAMERA] = (PHONE,)
    for _ in range(8):  # the main camera sees no phone all the while
        await main.film(2)
        await second.film(2)
    (violation,) = await server.violations(taken)
    assert (violation.kind, violation.ended_at) == (ViolationKind.PHONE_DETECTED, None)
    assert violation.key == KEYS_EACH + 1
    assert violation.seconds >= 5
    assert {row.role for row in await server.evidence(taken)} == {"best"}


async def test_a_second_camera_has_its_own_memory_and_no_say_in_coverage(
    server: LiveServer, student: User, taken: ExamSession, shown: Sources
) -> None:
    line = await server.student(student, taken)
    main, second = Camera(line, 1), Camera(line, SECOND_CAMERA)
    shown.states[Source.SECOND_CAMERA] = (NeutralState.TOO_DARK,)
    for _ in range(3):
        await main.film(1)
        done = await second.film(1)
    assert (done["states"], done["coverage"], done["advice"]) == (["too_dark"], 1.0, None)
    for request in shown.seen[2:]:
        assert request.memory == {"of": {"source": str(request.source)}}
    await line.connection.close()
    await server.loopback.quiet()
    analysis = (await server.row(taken)).analysis
    assert analysis["memory"] == {"of": {"source": "camera"}}
    assert analysis["sides"].keys() == {"second_camera"}


async def test_teachers_get_a_picture_of_each_source(
    server: LiveServer, exam: Exam, student: User, teacher: User, taken: ExamSession, shown: Sources
) -> None:
    page = await server.page(teacher, exam.id)
    line = await server.student(student, taken)
    for kind in (1, SECOND_CAMERA, SCREEN):
        await Camera(line, kind).film(1)
    while not (page.pictures and len(page.side_pictures) == 2):
        await page.read()
    assert page.side_pictures.keys() == {2, 3}
    late = await server.page(teacher, exam.id)
    while not (late.pictures and len(late.side_pictures) == 2):
        await late.read()
    assert {picture[0][2] for picture in (late.pictures, *late.side_pictures.values())} == {b"small"}


async def test_a_screen_that_changes_is_kept_only_where_it_explains_a_violation(
    server: LiveServer, student: User, taken: ExamSession, shown: Sources
) -> None:
    line = await server.student(student, taken)
    screen = Camera(line, SCREEN)
    shown.change = 0.9
    await screen.film(2)
    assert await server.violations(taken) == []
    shown.change = 0.01
    await line.say(1, kind="right_click")
    await line.say(2, kind="tab_switch", phase="begin")
    await line.acknowledged(2)
    await screen.film(2)
    # The screen that changed just before explains it: the clocks of two sources may be two seconds apart.
    by_kind = {violation.kind: violation.id for violation in await server.violations(taken)}
    (still,) = await server.evidence(taken)
    assert (still.role, still.violation_id) == ("screen", by_kind[ViolationKind.TAB_SWITCH])
    shown.change = 0.9
    await screen.film(2)
    assert len(await server.evidence(taken)) == 1


async def test_a_screen_that_changes_while_the_tab_is_away_is_kept_with_it(
    server: LiveServer, student: User, taken: ExamSession, shown: Sources
) -> None:
    line = await server.student(student, taken)
    screen = Camera(line, SCREEN)
    await screen.film(1)
    await line.say(1, kind="tab_switch", phase="begin")
    await line.acknowledged(1)
    assert await server.evidence(taken) == []
    shown.change = 0.6
    await screen.film(3)
    assert [row.role for row in await server.evidence(taken)] == ["screen"]
    told = [message["violation"]["evidence"] for message in line.of("violation.updated")]
    assert [one["role"] for one in told[-1]] == ["screen"]


async def test_a_shared_screen_that_no_longer_comes_is_noted_and_forgiven_when_it_comes_back(
    server: LiveServer, student: User, taken: ExamSession, shown: Sources
) -> None:
    line = await server.student(student, taken)
    main, screen = Camera(line, 1), Camera(line, SCREEN)
    live = server.live.get(taken.id)
    assert live is not None
    await main.film(10)
    live.sitting.began -= timedelta(seconds=30)
    await main.film(10)
    assert await server.violations(taken) == []  # nothing was ever shared
    await screen.film(1)
    live.sitting.began -= timedelta(seconds=30)
    await main.film(7)
    assert await server.violations(taken) == []  # a line that has just come back proves nothing
    await main.film(2)
    (violation,) = await server.violations(taken)
    assert (violation.kind, violation.ended_at) == (ViolationKind.SCREEN_SHARE_STOPPED, None)
    assert violation.measured["seconds"] >= violation.threshold["seconds"]
    await screen.film(1)
    live.sitting.began -= timedelta(seconds=10)
    await main.film(6)
    await main.film(6)
    (violation,) = await server.violations(taken)
    assert violation.ended_at is not None


async def test_bad_pictures_and_a_busy_server_are_told_by_source(
    server: LiveServer, student: User, taken: ExamSession, shown: Sources
) -> None:
    line = await server.student(student, taken)
    await line.show(1, b"\xff\xd8", 0, kind=SCREEN)
    assert (await line.until("error"))["params"] == {"number": 1, "reason": "truncated", "source": "screen"}
    shown.busy = True
    await line.show(2, jpeg(), 0, kind=SECOND_CAMERA)
    done = await line.until("frame.done", number=2)
    assert (done["source"], done["report"]) == ("second_camera", None)
