"""One film, the real engine: D0, D1, D2 and our own protocol at the same moments give the same violations and trust."""

import asyncio
import base64
import io
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from skimage.data import astronaut

from app.core.clock import monotonic
from app.db.models import Exam
from app.db.session import Sessions, unit_of_work
from tests.builders import make_exam_session, make_user
from tests.live import Line, LiveServer

VIDEO = Path(__file__).resolve().parents[4] / "shared" / "data" / "gaze" / "center_left_center.mp4"
STEP = 0.4
"""Seconds from one frame to the next, as a seed client sends them; a slow machine stretches all four alike."""


def two_people() -> list[bytes]:
    """Generated: a person alone for 1.6 s, then two for 3.2 s; shifted a little, as no live camera stands still."""
    portrait = Image.fromarray(astronaut()).crop((96, 0, 352, 256))  # type: ignore[no-untyped-call]
    pictures = []
    for number in range(12):
        room = Image.new("RGB", (560, 300), (150, 140, 130))
        room.paste(portrait, (10 + number % 3, 20 + number % 2))
        if number >= 4:
            room.paste(portrait.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (290 - number % 3, 25))
        file = io.BytesIO()
        room.save(file, "JPEG", quality=85)
        pictures.append(file.getvalue())
    return pictures


def looking_aside() -> list[bytes]:
    """Real: a man looks at the centre, then to the side, for eight seconds."""
    if not VIDEO.is_file():
        pytest.skip("the real videos (../shared/data) are not on this machine")
    from app.ai.media import Video

    return [sample.jpeg for sample in Video(VIDEO, 1 / STEP).samples() if 2.0 <= sample.at < 9.5]


class Native:
    """`360proctor.v1`."""

    def __init__(self, line: Line) -> None:
        self.line, self.number = line, 0

    async def __call__(self, picture: bytes) -> None:
        self.number += 1
        await self.line.show(self.number, picture, int(time.time() * 1000))
        done = await self.line.answer_to(self.number)
        assert done["type"] == "frame.done"


class Family:
    """A dialect: `wrap` makes its message, `kind` is the answer's type (none in D0)."""

    def __init__(self, line: Line, wrap: Callable[[str], dict[str, Any]], kind: str | None) -> None:
        self.line, self.wrap, self.kind = line, wrap, kind

    async def __call__(self, picture: bytes) -> None:
        await self.line.send(self.wrap("data:image/jpeg;base64," + base64.b64encode(picture).decode()))
        answer = await self.line.read() or {}
        while answer.get("type") == "connection_established":
            answer = await self.line.read() or {}
        assert answer.get("type") == self.kind
        assert "error" not in answer


def d0(frame: str) -> dict[str, Any]:
    return {"frame": frame, "audio": 0.0, "tab_active": True}


def d1(frame: str) -> dict[str, Any]:
    return {"type": "frame_data", "frame": frame}


def d2(frame: str) -> dict[str, Any]:
    told = {"user_id": 1, "timestamp": "2027-01-01T00:00:00Z", "exam_duration": 60, "current_time": 3}
    return {"type": "frame_data", "data": {"frame": frame, **told}}


@pytest.mark.parametrize(
    ("film", "expected"), [(two_people, "multiple_faces"), (looking_aside, "looking_away")], ids=["two", "aside"]
)
async def test_the_same_film_is_judged_alike_in_every_dialect(
    server: LiveServer, sessions: Sessions, exam: Exam, film: Callable[[], list[bytes]], expected: str
) -> None:
    pictures = await asyncio.to_thread(film)
    server.change(MAX_FPS=30.0)
    async with unit_of_work(sessions) as db:
        people = [await make_user(db) for _ in range(4)]
        sittings = [await make_exam_session(db, exam, one) for one in people]
    sides = list(zip(people, sittings, strict=True))
    lines = [await server.dial(f"ws/{taken.id}", server.token(one), native=False) for one, taken in sides[1:]]
    told: list[Callable[[bytes], Awaitable[None]]] = [
        Native(await server.student(*sides[0])),
        Family(lines[0], d0, None),
        Family(lines[1], d1, "frame_analysis"),
        Family(lines[2], d2, "frame_analysis"),
    ]
    began = monotonic()
    for number, picture in enumerate(pictures):
        await asyncio.sleep(max(0.0, began + number * STEP - monotonic()))  # the film's pace, not an effect
        await asyncio.gather(*(tell(picture) for tell in told))
    trust = []
    for student, taken in sides:
        async with server.browser(student) as browser:
            ended = (await browser.post(f"/proctoring/end-session/{taken.id}")).json()
        trust.append(ended["final_trust_score"])
    kinds = [[row.kind for row in await server.violations(taken)] for _, taken in sides]
    assert expected in kinds[0]
    assert kinds == [kinds[0]] * 4
    assert trust == pytest.approx([trust[0]] * 4, abs=0.005)
    assert trust[0] < 1.0
