"""The seed family's other sockets: a proctor's monitor of one sitting, the general line, and notifications.

Rights as everywhere; what is asked is done by the services that our own routes use.
"""

import asyncio
import base64
import contextlib
from collections import deque
from collections.abc import Collection
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.websockets import WebSocket

from app.core.clock import now
from app.core.errors import Forbidden, Invalid, Missing
from app.db.models import User
from app.db.session import unit_of_work
from app.domain.roles import Language, Role
from app.domain.violations import Severity
from app.schemas.notifications import NotificationRaised, user_topic
from app.schemas.realtime import Close, SessionUpdated, ViolationChanged, exam_session_topic, exam_topic
from app.services import family_views
from app.services.analytics.overview import overview
from app.services.analytics.scope import scope_of
from app.services.decisions import add_note
from app.services.exams import ExamChanged
from app.services.family_visits import arrive, visit
from app.services.flags import flag_exam_session
from app.services.live_exam_sessions import LiveExamSessions
from app.services.notifications import read_notification
from app.services.seed_shapes import SeedMessage, alert_of
from app.services.tickets import Guest
from app.websockets.door import address_of, row_id
from app.websockets.family_line import FamilyLine, admitted

router = APIRouter()
ANALYTICS_SECONDS = 15.0
DAYS = 30
MOST_EXAMS = 20
"""Exams one line may follow at a time."""
LONGEST_NOTE = 2000
CLIENT_TYPES = {"student": {Role.STUDENT}, "teacher": {Role.TEACHER}, "admin": {Role.ADMIN}}
STAFF = {Role.TEACHER, Role.ADMIN}
EXAM_NAMES = ("exam_id", "examId")
SESSION_NAMES = ("session_id", "sessionId")
ROOM_NAMES = ("room", "room_id", "roomId")


@router.websocket("/realtime/proctoring/{session_id}")
@router.websocket("/realtime/proctor/monitor/{session_id}")
async def monitor_socket(websocket: WebSocket, session_id: str, token: str = "") -> None:
    """A proctor watches one sitting."""
    found = await admitted(websocket, token)
    if found is None:
        return
    line = MonitorLine(websocket, *found)
    try:
        await line.begin(row_id(session_id))
    except (Missing, Forbidden):
        await websocket.close(Close.POLICY)
        return
    await line.serve()


@router.websocket("/notifications/ws")
async def notifications_socket(websocket: WebSocket, token: str = "") -> None:
    """One's own notifications, as they are made."""
    await _general(websocket, token, client=None, enveloped=False)


@router.websocket("/ws")
async def enveloped_socket(websocket: WebSocket, token: str = "") -> None:
    """The general line with `{type, payload}` envelopes."""
    await _general(websocket, token, client=None, enveloped=True)


@router.websocket("/ws/{client_type}/{client_id}")
async def general_socket(websocket: WebSocket, client_type: str, client_id: str, token: str = "") -> None:
    """The general line; type and id must be one's own."""
    await _general(websocket, token, client=(client_type, client_id), enveloped=False)


async def _general(websocket: WebSocket, token: str, *, client: tuple[str, str] | None, enveloped: bool) -> None:
    found = await admitted(websocket, token)
    if found is None:
        return
    guest, who = found
    if client is not None:
        roles = CLIENT_TYPES.get(client[0], STAFF if client[0] == "proctor" else set())
        if who.role not in roles or row_id(client[1]) != who.id:
            await websocket.close(Close.POLICY)
            return
    line = GeneralLine(websocket, guest, who)
    line.enveloped = enveloped
    line.follows_all = client is not None and who.role in STAFF
    line.listening.enter_context(line.bus.listening(user_topic(who.id), line.on_notification))
    await line.serve(line.keep_up)


class MonitorLine(FamilyLine):
    """Violations of one sitting as they are noted; flags, notes and pictures on request."""

    _session_id = 0

    async def begin(self, session_id: int) -> None:
        """What there is already. Missing or Forbidden for those whose exam it is not."""
        if self.who.role not in STAFF:
            raise Forbidden
        language = Language(self.who.preferred_language)
        self._session_id = session_id
        meanwhile: deque[object] = deque(maxlen=100)
        topic = exam_session_topic(session_id)
        with self.bus.listening(topic, lambda _topic, message: meanwhile.append(message)):
            await self._greet(session_id, language)
            self.listening.enter_context(self.bus.listening(topic, self._on_violation))
        for message in meanwhile:
            self._on_violation(topic, message)

    async def _greet(self, session_id: int, language: Language) -> None:
        async with unit_of_work(self.sessions) as db:
            summed = await family_views.session_analytics(db, self.who, session_id, language)
        recent = [one for one in summed.timeline if one.severity is not None][-10:]
        self.say(
            "monitoring_started",
            session_id=session_id,
            violation_summary=summed.violations["by_type"],
            total_violations=summed.violations["total"],
            recent_violations=[one.model_dump(mode="json") for one in recent],
        )

    def _on_violation(self, _topic: str, message: object) -> None:
        if isinstance(message, ViolationChanged):
            alert = alert_of(message, Language(self.who.preferred_language))
            fields = {"violation_id": message.violation.id, "trust_score": _share(message.trust), "violation": alert}
            self.say(message.type.replace("violation.", "violation_"), **fields)

    async def answer(self, message: dict[str, Any]) -> None:
        """`flag_session`, `add_note`, `request_screenshot`."""
        command = message.get("command") or message.get("type")
        if command == "ping":
            self.say("pong")
        elif command == "flag_session":
            reason = _text(message, "reason")
            async with unit_of_work(self.sessions) as db:
                await flag_exam_session(db, self.who, self._session_id, reason=reason)
            self.say("session_flagged", session_id=self._session_id, reason=reason, proctor_id=self.who.id)
        elif command == "add_note":
            async with unit_of_work(self.sessions) as db:
                noted = await add_note(db, self.who, self._session_id, _text(message, "note"))
            self.say("note_added", session_id=self._session_id, note_id=noted.id)
        elif command == "request_screenshot":
            self._picture()
        else:
            self.say("unknown_command", command=str(command)[:64])

    def _picture(self) -> None:
        """The newest small picture there is; none while the student is away."""
        live_sessions: LiveExamSessions = self._websocket.app.state.live
        live = live_sessions.get(self._session_id)
        shown = live.thumbnail if live is not None else None
        image = None if shown is None else "data:image/jpeg;base64," + base64.b64encode(shown.jpeg).decode()
        self.say("screenshot_requested", session_id=self._session_id, available=image is not None, image=image)


class GeneralLine(FamilyLine):
    """Pings, notifications, numbers, and the exams one subscribes to."""

    enveloped = False
    follows_all = False
    """Hears of the exams that are going on without asking for each."""
    _numbers = False

    def __init__(self, websocket: WebSocket, guest: Guest, who: User) -> None:
        super().__init__(websocket, guest, who)
        self._exams: dict[int, ExitStack] = {}
        self._asked: set[int] = set()
        self._declined: set[int] = set()
        self._own: set[int] = set()
        self.listening.callback(self._leave_all)

    def _leave_all(self) -> None:
        for followed in self._exams.values():
            followed.close()

    def tell(self, kind: str, **fields: Any) -> None:
        """In the envelope this line speaks."""
        if self.enveloped:
            self.say(kind, payload=fields)
        else:
            self.say(kind, **fields)

    def on_notification(self, _topic: str, message: object) -> None:
        """Something for this person."""
        if isinstance(message, NotificationRaised):
            self.tell("notification", **message.notification.model_dump(mode="json", exclude={"type"}))

    async def keep_up(self) -> None:
        """Every few seconds: exams that are going on now, and `analytics_update` to those who subscribed."""
        while True:
            if self.follows_all:
                await self._follow_running()
            if self._numbers:
                self.tell("analytics_update", data=await self._overview())
            await asyncio.sleep(ANALYTICS_SECONDS)

    async def _follow_running(self) -> None:
        """The exams that go on now; those that ended are heard of (somebody may have more time) until another one
        needs their place."""
        most = MOST_EXAMS + len(self._declined)
        async with unit_of_work(self.sessions) as db:
            running = await family_views.running_exam_ids(db, self.who, most=most)
        for exam_id in running:
            if exam_id not in self._declined and not self._follow(exam_id, keep=running):
                return

    async def answer(self, message: dict[str, Any]) -> None:
        """One message of the family's."""
        kind, payload = message.get("type"), message.get("payload", message.get("data"))
        fields = payload if isinstance(payload, dict) else {**message, "room": payload} if payload else message
        if kind == "ping":
            self.tell("pong")
        elif kind == "heartbeat":
            self.tell("heartbeat_response", server_time=now().isoformat())
        elif kind in ("violation_report", "proctoring_data"):
            await self._report(str(kind), fields)
        elif kind == "analytics_request":
            self.tell("analytics_data", data=await self._overview())
        elif kind in ("subscribe_analytics", "unsubscribe_analytics"):
            self._numbers = kind == "subscribe_analytics" and bool(await self._overview())
            self.tell("subscription_updated", analytics=self._numbers)
        elif kind == "notification_read":
            async with unit_of_work(self.sessions) as db:
                await read_notification(db, self.who, _id(fields, "notification_id", "id"))
            self.tell("notification_read", success=True)
        elif kind in ("subscribe_exam", "join_room", "unsubscribe_exam", "leave_room"):
            await self._subscribe(fields, on=kind in ("subscribe_exam", "join_room"))
        else:
            raise Invalid("unknown_type")

    async def _overview(self) -> dict[str, Any]:
        if self.who.role not in STAFF:
            raise Forbidden("staff_only")
        async with unit_of_work(self.sessions) as db:
            scope = await scope_of(
                db, self.who, exam_id=None, course=None, since=None, until=None, days=DAYS, zone=ZoneInfo("UTC")
            )
            found = await overview(db, scope)
        return found.model_dump(mode="json")

    async def _report(self, kind: str, fields: dict[str, Any]) -> None:
        """What a student's browser saw, or a picture, of the sitting that is named, or one's own of an exam."""
        inner = fields.get("violation")
        places = [fields, inner if isinstance(inner, dict) else {}]
        named = next((_id(one, *SESSION_NAMES) for one in places if any(name in one for name in SESSION_NAMES)), None)
        try:
            said = "violation_report" if kind == "violation_report" else "frame_data"
            told = SeedMessage.model_validate({**fields, "type": said})
        except ValidationError:
            raise Invalid("bad_message") from None
        async with unit_of_work(self.sessions) as db:
            session_id = named or await family_views.open_sitting_id(db, self.who, _id(fields, *EXAM_NAMES))
            await arrive(db, self.who, session_id, address=address_of(self._websocket))
        async with visit(self._websocket.app.state.live, self.bus, session_id) as sitting:
            answer = await sitting.typed(told) or {}
        said = "violation_alert" if kind == "violation_report" else "proctoring_alert"
        self.tell(said, **{name: value for name, value in answer.items() if name not in ("type", "timestamp")})

    async def _subscribe(self, fields: dict[str, Any], *, on: bool) -> None:
        """Staff hear of everybody in an exam, a student of the own sitting."""
        room = str(next((fields[name] for name in ROOM_NAMES if fields.get(name)), ""))
        exam_id = row_id(room.rpartition("_")[2].rpartition(":")[2]) if room else _id(fields, *EXAM_NAMES)
        async with unit_of_work(self.sessions) as db:
            exam_id = (await family_views.read_settings(db, self.who, exam_id)).exam_id
            if self.who.role not in STAFF:
                with contextlib.suppress(Missing):
                    self._own.add(await family_views.open_sitting_id(db, self.who, exam_id))
        if on:
            if not self._follow(exam_id):
                raise Invalid("too_many_exams", max=MOST_EXAMS)
            self._asked.add(exam_id)
            self._declined.discard(exam_id)
        else:
            self._leave(exam_id)
            self._asked.discard(exam_id)
            self._declined.add(exam_id)
        self.tell("exam_update", exam_id=exam_id, subscribed=on)

    def _leave(self, exam_id: int) -> None:
        if (followed := self._exams.pop(exam_id, None)) is not None:
            followed.close()

    def _follow(self, exam_id: int, *, keep: Collection[int] = ()) -> bool:
        """Hear of an exam from now on. Where there is no more room, one followed longest makes some that nobody asked
        for and that is not to be kept; False without any."""
        if exam_id not in self._exams:
            if len(self._exams) >= MOST_EXAMS:
                spare = next((one for one in self._exams if one not in self._asked and one not in keep), None)
                if spare is None:
                    return False
                self._leave(spare)
            self._exams[exam_id] = ExitStack()
            self._exams[exam_id].enter_context(self.bus.listening(exam_topic(exam_id), self._on_exam))
        return True

    def _on_exam(self, _topic: str, message: object) -> None:
        if isinstance(message, ViolationChanged) and message.type == "violation.opened":
            if self._concerns_me(message.session_id):
                self._tell_violation(message)
        elif isinstance(message, SessionUpdated):
            head = message.session
            if head.student.id == self.who.id:
                self._own.add(head.id)
            if self.enveloped and self._concerns_me(head.id):
                who = {"student_id": head.student.id, "student_name": head.student.full_name}
                now_is = {"status": head.state, "is_online": head.online, "trust_score": _share(head.trust)}
                self.say_newest(head.id, "student_status", payload={"session_id": head.id, **who, **now_is})
        elif isinstance(message, ExamChanged):
            window = {"start_time": message.start_time.isoformat(), "end_time": message.end_time.isoformat()}
            self.tell("exam_update", exam_id=message.id, title=message.title, status=message.status, **window)

    def _concerns_me(self, session_id: int) -> bool:
        return self.who.role in STAFF or session_id in self._own

    def _tell_violation(self, message: ViolationChanged) -> None:
        alert = alert_of(message, Language(self.who.preferred_language))
        known = {"session_id": message.session_id, "violation_id": message.violation.id}
        fields = {**known, "trust_score": _share(message.trust), **alert}
        self.tell("violation" if self.enveloped else "violation_alert", **fields)
        if message.violation.severity is Severity.CRITICAL and self.enveloped:
            self.tell("proctoring_alert", **fields)


def _share(trust: float) -> float:
    """0..1, as alerts have it."""
    return round(trust / 100, 4)


def _text(message: dict[str, Any], name: str) -> str:
    data = message.get("data")
    found = message.get(name) or (data.get(name) if isinstance(data, dict) else None)
    text = str(found or "").strip()
    if not text or len(text) > LONGEST_NOTE or "\0" in text:
        raise Invalid("bad_message")
    return text


def _id(fields: dict[str, Any], *names: str) -> int:
    found = next((fields[name] for name in names if fields.get(name) is not None), "")
    key = row_id(str(found))
    if not key:
        raise Invalid("bad_message")
    return key
