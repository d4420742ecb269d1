"""Frames over the student's socket: judged for real or refused with a reason; the newest wins; what follows is kept."""

import hashlib
import time

import pytest
from prometheus_client import REGISTRY

from app.core.clock import now
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Language
from app.domain.violations import NeutralState, Observation, ViolationKind
from app.storage import LocalStore
from tests.builders import make_exam, make_exam_session, make_user
from tests.fakes import ScriptedEngine, hides, looks_fine, shows
from tests.live import Line, LiveServer
from tests.pictures import encoded, jpeg, png_bomb, resized_header


async def film(line: Line, *, first: int, seconds: float, fps: float = 4, begin_ms: int | None = None) -> int:
    """Frames that were taken one after the other, each sent when the one before was answered; the next number."""
    begun = int(now().timestamp() * 1000) if begin_ms is None else begin_ms
    for number in range(round(seconds * fps)):
        await line.show(first + number, jpeg(), begun + round(number * 1000 / fps))
        await line.answer_to(first + number)
    return first + round(seconds * fps)


async def test_a_real_face_is_seen(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await server.student(student, taken)
    await line.show(1, jpeg(width=640, height=480), 1_000)
    done = await line.until("frame.done", number=1)
    report = done["report"]
    assert len(report["faces"]) == 1
    x, y, width, height = report["faces"][0]["box"]
    assert 0 <= x < x + width <= 640
    assert 0 <= y < y + height <= 480
    assert report["quality"].keys() == {"brightness", "contrast", "sharpness"}
    assert report["observations"] == []
    assert report.keys().isdisjoint({"memory", "thumbnail", "stages"})


REFUSED: list[tuple[str, bytes, str]] = [
    ("P01 nothing", b"", "empty"),
    ("P02 one byte", b"\xff", "not_an_image"),
    ("P03 start marker only", b"\xff\xd8", "truncated"),
    *((f"P04 cut at {part} %", jpeg()[: len(jpeg()) * part // 100], "truncated") for part in range(10, 100, 10)),
    ("P05 claims 65500²", resized_header(jpeg(), width=65_500, height=65_500), "too_many_pixels"),
    ("P05 claims 4000×300", resized_header(jpeg(), width=4000, height=300), "too_many_pixels"),
    ("P08 PNG", encoded("PNG"), "unsupported_format"),
    ("P08 GIF", encoded("GIF"), "unsupported_format"),
    ("P08 BMP", encoded("BMP"), "unsupported_format"),
    ("P08 TIFF", encoded("TIFF"), "unsupported_format"),
    ("P08 PPM", encoded("PPM"), "not_an_image"),
    ("P08 JPEG 2000", encoded("JPEG2000"), "not_an_image"),
    ("P08 AVIF", b"\0\0\0\x20ftypavif" + bytes(100), "not_an_image"),
    ("P08 SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
    ("P09 HTML", b"<html>" + jpeg(), "not_an_image"),
    ("P10 CMYK", encoded("JPEG", mode="CMYK"), "unsupported_format"),
    ("P10 1×1", encoded("JPEG", width=1, height=1), "too_small"),
    ("P10 1×10000", encoded("JPEG", width=1, height=10_000), "too_many_pixels"),
    ("P13 animated WebP", b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02" + bytes(30), "unsupported_format"),
    ("P18 a playlist", b"#EXTM3U\nhttp://127.0.0.1/", "not_an_image"),
    ("too many bytes", jpeg() + bytes(256 * 1024), "too_large"),
]


async def test_what_is_no_camera_picture_is_refused_with_a_reason(
    server: LiveServer, student: User, taken: ExamSession, subtests: pytest.Subtests
) -> None:
    line = await server.student(student, taken)
    for number, (name, picture, reason) in enumerate(REFUSED, start=1):
        with subtests.test(name):
            await line.show(number, picture, number)
            answer = await line.answer_to(number)
            assert (answer["type"], answer["params"]["reason"]) == ("error", reason)
            assert answer["code"] == "frame_refused"
    await line.show(999, jpeg(), 999)
    assert (await line.answer_to(999))["type"] == "frame.done"
    assert await server.violations(taken) == []


async def test_a_png_of_thirty_thousand_squared_is_refused_in_milliseconds(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    bomb = png_bomb()
    assert len(bomb) < 1_000_000
    line = await server.student(student, taken)
    waits = []
    for number in range(1, 6):
        begun = time.perf_counter()
        await line.show(number, bomb, 0)
        answer = await line.answer_to(number)
        waits.append(time.perf_counter() - begun)
        assert answer["params"]["reason"] == "unsupported_format"
    assert min(waits) < 0.05


async def test_a_picture_larger_than_the_setting_is_refused(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    server.change(MAX_FRAME_BYTES=16 * 1024)
    line = await server.student(student, taken)
    await line.show(1, jpeg() + bytes(16 * 1024), 0)
    assert (await line.answer_to(1))["params"]["reason"] == "too_large"


async def test_of_frames_that_come_too_fast_the_newest_is_judged_and_the_rest_counted(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    before = REGISTRY.get_sample_value("proctor_frames_dropped_total") or 0.0
    engine = ScriptedEngine()
    server.use(engine=engine)
    engine.go.clear()
    line = await server.student(student, taken)
    await line.show(1, jpeg(), 1)
    await engine.took.wait()
    for number in range(2, 12):
        await line.show(number, jpeg(), number)
    await line.say(1, "answer", value="x")
    await line.acknowledged(1)  # everything before it has been read; a blocked engine holds up no answer
    engine.go.set()
    assert (await line.answer_to(1))["type"] == "frame.done"
    assert (await line.answer_to(11))["type"] == "frame.done"
    assert [done["number"] for done in line.of("frame.done")] == [1, 11]
    assert len(engine.seen) == 2
    await line.connection.close()
    await server.loopback.quiet()
    assert REGISTRY.get_sample_value("proctor_frames_dropped_total") == before + 9


async def test_a_busy_server_says_so_and_asks_for_less(server: LiveServer, student: User, taken: ExamSession) -> None:
    engine = ScriptedEngine()
    engine.busy = True
    server.use(engine=engine)
    line = await server.student(student, taken)
    for number in (1, 2):
        await line.show(number, jpeg(), number * 500)
        done = await line.answer_to(number)
        assert (done["report"], done["states"]) == (None, ["server_busy"])
    assert await line.until("slow") == {"type": "slow", "max_fps": 1.0}
    engine.busy = False
    await line.show(3, jpeg(), 1500)
    assert (await line.answer_to(3))["report"] is not None
    assert await server.violations(taken) == []


@pytest.mark.parametrize("language", list(Language))
async def test_darkness_lowers_coverage_and_brings_one_piece_of_advice_and_no_violation(
    server: LiveServer, sessions: Sessions, exam: Exam, language: Language
) -> None:
    async with unit_of_work(sessions) as db:
        student = await make_user(db, preferred_language=language)
        taken = await make_exam_session(db, exam, student)
    server.change(MAX_FPS=30)
    line = await server.student(student, taken)
    begun = int(now().timestamp() * 1000)
    await line.show(1, jpeg("face"), begun)
    await line.answer_to(1)
    for number in range(2, 27):
        await line.show(number, jpeg("dark"), begun + number * 500)
        await line.answer_to(number)
    done = line.of("frame.done")
    assert done[-1]["states"] == ["too_dark"]
    assert done[-1]["coverage"] < 0.1
    advice = [one["advice"] for one in done if one["advice"] is not None]
    assert [one["code"] for one in advice] == ["too_dark"]
    bangla = any("\u0980" <= letter <= "\u09ff" for letter in advice[0]["text"])
    assert bangla == (language == Language.BANGLA)
    assert len(advice[0]["text"]) > 20
    assert await server.violations(taken) == []
    assert line.of("violation.opened") == []
    assert (await server.row(taken)).trust == 100


async def test_a_violation_is_opened_updated_and_closed_with_pictures_that_verify(
    server: LiveServer, sessions: Sessions, student: User, teacher: User
) -> None:
    engine = ScriptedEngine(looks_fine)
    server.use(engine=engine)
    server.change(MAX_FPS=30)
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, show_trust=True)
        taken = await make_exam_session(db, exam, student)
    line = await server.student(student, taken)
    begun = int(now().timestamp() * 1000)
    following = await film(line, first=1, seconds=2, begin_ms=begun)
    engine.script = shows(Observation(ViolationKind.LOOKING_AWAY, 0.8, {"side": 20.0}, {"side": 14.0}))
    following = await film(line, first=following, seconds=5, begin_ms=begun + 2000)
    engine.script = looks_fine
    await film(line, first=following, seconds=3, begin_ms=begun + 7000)
    types = [message["type"] for message in line.heard if message["type"].startswith("violation.")]
    assert types[0] == "violation.opened"
    assert types[-1] == "violation.closed"
    assert set(types[1:-1]) == {"violation.updated"}
    (violation,) = await server.violations(taken)
    assert violation.ended_at is not None
    assert (violation.ended_at - violation.started_at).total_seconds() == pytest.approx(4.75, abs=0.3)
    assert violation.measured == {"side": 20.0}
    rows = await server.evidence(taken)
    assert [row.role for row in rows] == ["before", "best", "after"]
    for row in rows:
        body = await server.store.get(row.path)
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (row.stored_sha256, row.stored_size)
    told = line.of("violation.closed")[0]
    assert [one["id"] for one in told["violation"]["evidence"]] == [row.id for row in rows]
    assert told["trust"] == pytest.approx((await server.row(taken)).trust, abs=0.01)
    assert line.of("trust")[-1]["score"] == told["trust"] < 100


async def test_what_one_exam_does_not_look_for_is_not_noted(
    server: LiveServer, sessions: Sessions, student: User, teacher: User
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, enable_tab_switch_detection=False)
        taken = await make_exam_session(db, exam, student)
    line = await server.student(student, taken)
    await line.say(1, kind="tab_switch")
    await line.acknowledged(1)
    assert await server.violations(taken) == []
    assert line.of("trust") == []


async def test_the_states_of_a_lost_line_are_the_servers_to_tell(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    server.use(engine=ScriptedEngine(hides(NeutralState.BLURRED)), store=LocalStore(server.settings.evidence_dir))
    line = await server.student(student, taken)
    await line.show(1, jpeg(), 1000)
    assert (await line.answer_to(1))["states"] == ["blurred"]
