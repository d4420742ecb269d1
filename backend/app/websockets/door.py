"""Who may come through a socket's door: origin, token, and whose exam it is; asked once, before anything else."""

import contextlib
from collections.abc import AsyncIterator, Awaitable
from urllib.parse import urlsplit

from starlette.websockets import WebSocket

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Forbidden, Missing, Unauthenticated
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, is_passing, unit_of_work
from app.schemas.realtime import Close
from app.services import tickets
from app.services.access import (
    access_exam_as_staff,
    access_own_exam_session,
    exam_exists,
    exam_session_exists,
)
from app.services.exam_sessions import activate, is_open
from app.services.exam_settings import check_address
from app.services.tickets import Guest

LARGEST_ID = 2**31 - 1


class Refusal(Exception):
    """The door stays shut; `code` is the close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def origin_allowed(websocket: WebSocket, settings: Settings) -> bool:
    """Browsers name the page's origin: it must be ours or on the list. Other clients name none (T22)."""
    origin = websocket.headers.get("origin")
    if origin is None or origin in settings.origins:
        return True
    return urlsplit(origin).scheme in {"http", "https"} and urlsplit(origin).netloc == websocket.headers.get("host")


def address_of(websocket: WebSocket) -> str:
    """Where the client is, as uvicorn knows it: forwarded addresses count only from proxies it trusts."""
    return websocket.client.host if websocket.client else ""


async def admit_student(
    sessions: Sessions, settings: Settings, *, token: str, exam_session_id: int, address: str
) -> tuple[Guest, ExamSession]:
    """The student of this exam session, which is open and, once begun, active from now on. Raises Refusal."""
    async with _reasons(), unit_of_work(sessions) as db:
        who, login = await tickets.enter(db, token, audience=f"student:{exam_session_id}", settings=settings)
        try:
            taken = await access_own_exam_session(db, who, exam_session_id, lock=True)
        except Missing:
            raise Refusal(await _missing(exam_session_exists(db, exam_session_id))) from None
        if not await is_open(db, taken, now()):
            raise Refusal(Close.ENDED)
        try:
            check_address(taken.exam, address)
        except Forbidden:
            raise Refusal(Close.NOT_YOURS) from None
        await activate(db, taken)
        return Guest(who.id, who.token_version, login), taken


async def admit_staff(sessions: Sessions, settings: Settings, *, token: str, exam_id: int) -> tuple[Guest, User, Exam]:
    """Somebody who runs this exam. Raises Refusal."""
    async with _reasons(), unit_of_work(sessions) as db:
        who, login = await tickets.enter(db, token, audience=f"live:{exam_id}", settings=settings)
        try:
            exam = await access_exam_as_staff(db, who, exam_id)
        except Missing:
            raise Refusal(await _missing(exam_exists(db, exam_id))) from None
        return Guest(who.id, who.token_version, login), who, exam


async def admit_person(sessions: Sessions, settings: Settings, *, token: str) -> tuple[Guest, User]:
    """Anybody who is logged in; what they may see is asked when they ask for it. Raises Refusal."""
    async with _reasons(), unit_of_work(sessions) as db:
        who, login = await tickets.enter(db, token, audience="person", settings=settings)
        return Guest(who.id, who.token_version, login), who


def row_id(text: str) -> int:
    """An id from an address; 0, which no row has, where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= LARGEST_ID else 0


async def _missing(exists: Awaitable[bool]) -> int:
    return Close.NOT_YOURS if await exists else Close.NONE


@contextlib.asynccontextmanager
async def _reasons() -> AsyncIterator[None]:
    """Errors as close codes. A used ticket stays unused where the database was away: its transaction rolled back."""
    try:
        yield
    except Unauthenticated:
        raise Refusal(Close.TOKEN) from None
    except Exception as error:
        if isinstance(error, Refusal) or not is_passing(error):
            raise
        raise Refusal(Close.TRY_LATER) from None
