"""The seed family's words: what its clients send made into one shape, and what we answer put into theirs.

D0 has no `type`; D1 and D2 share theirs, and get one answer that holds the fields of both, so that nobody need tell
them apart. Fields lie flat or under `data`. Nothing is decided here.
"""

import base64
import contextlib
from collections import deque
from typing import Any

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field

from app.ai.guard import check_picture
from app.ai.sound_guard import MAX_SOUND_BYTES
from app.ai.sound_types import SoundRefused
from app.ai.types import FrameRefused, FrameReport
from app.core.clock import now
from app.core.i18n import text
from app.domain.browser_events import REPORTABLE
from app.domain.exam_sessions import OPEN
from app.domain.roles import Language
from app.domain.seed_words import kind_of
from app.domain.violations import ViolationKind
from app.schemas.realtime import ViolationChanged
from app.services.hearing import Hear
from app.services.proctoring import LiveExamSession
from app.services.violations import trust_impact

LONGEST_FRAME = 4 * 256 * 1024 // 3 + 256
"""Characters of base64: the largest picture and its data-URL prefix."""
LONGEST_AUDIO = 4 * MAX_SOUND_BYTES // 3 + 256
LARGEST_MESSAGE = LONGEST_FRAME + LONGEST_AUDIO + 1024


def _either(*names: str) -> AliasChoices:
    """A field that lies flat or under `data`."""
    return AliasChoices(*names, *(AliasPath("data", name) for name in names))


class SeedMessage(BaseModel):
    """Any message of the family. `audio` is base64 of PCM16 at 16 kHz, WAV, WebM or Ogg, each complete in itself.

    A loudness that the client only claims (a number, `audioLevel`) is ignored: alarms about sound come from sound.
    """

    model_config = ConfigDict(extra="ignore")

    type: str | None = Field(None, max_length=64)
    frame: str | None = Field(None, max_length=LONGEST_FRAME, validation_alias=_either("frame", "image"))
    audio: Any = Field(None, validation_alias=_either("audio"))
    tab_active: bool | None = Field(None, validation_alias=_either("tab_active", "tabActive"))
    event: Any = Field(None, validation_alias=AliasChoices("event", AliasPath("data", "event"), "data", "event_type"))
    violation: Any = Field(
        None, validation_alias=AliasChoices("violation", AliasPath("data", "violation"), "data", "violation_type")
    )

    def reported(self) -> ViolationKind | None:
        """The browser event that is reported; None where it is none a browser can know of."""
        said = self.event if self.type == "browser_event" else self.violation
        if isinstance(said, dict):
            names = ("type", "event_type", "violation_type", "alert_type", "kind")
            said = next((said[name] for name in names if said.get(name)), None)
        kind = kind_of(said)
        return kind if kind in REPORTABLE else None


def decoded(content: str) -> bytes:
    """Base64, bare or as a data URL. Raises ValueError."""
    return base64.b64decode(content.partition(",")[2] if content.startswith("data:") else content, validate=True)


class SeedSitting:
    """One live exam session in the family's words: what came in is done, what came of it is said."""

    def __init__(self, live: LiveExamSession) -> None:
        self.live = live
        self._opened: deque[ViolationChanged] = deque(maxlen=100)
        self._ids: dict[ViolationKind, int] = {}
        self._trust = live.trust
        self._tab_active: bool | None = None  # unknown: an earlier connection may have left a hidden tab

    def hear(self, message: ViolationChanged) -> None:
        """Something was noted."""
        self._ids[message.violation.kind] = message.violation.id
        if message.type == "violation.opened":
            self._opened.append(message)

    async def untyped(self, message: SeedMessage) -> dict[str, Any]:
        """D0: all at once."""
        await self._tab(message.tab_active)
        _, trouble = await self._judge(message.frame)
        await self._listen(message.audio)
        return self.d0(self._new()) | ({"error": trouble} if trouble else {})

    async def typed(self, message: SeedMessage) -> dict[str, Any] | None:
        """D1 and D2; None for a word of neither."""
        if message.type == "frame_data":
            await self._tab(message.tab_active)
            report, trouble = await self._judge(message.frame)
            return self.frame(report) | ({"error": trouble} if trouble else {})
        if message.type == "audio_data":
            return self.audio(await self._listen(message.audio))
        if message.type in ("violation_report", "browser_event"):
            return await self.reported(message)
        if message.type == "ping":
            return {"type": "pong", **_stamp()}
        if message.type == "heartbeat":
            return {"type": "heartbeat_ack", **_stamp(), "server_time": now().isoformat()}
        return self.status() if message.type == "session_status" else None

    async def reported(self, message: SeedMessage) -> dict[str, Any]:
        """What a browser can know of counts; a client's word about anything else is heard and not believed."""
        kind = message.reported()
        counted = kind is not None and await self.live.note_event(kind)
        report = message.type == "violation_report"
        return {
            "type": "violation_acknowledged" if report else "browser_event_processed",
            "violation_id": self._ids.get(kind) if counted and kind else None,
            "event_type": kind,
            "session_id": self.live.sitting.id,
            "counted": counted,
            "trust_score": self.trust(),
            **_stamp(),
        }

    async def _tab(self, active: bool | None) -> None:
        if active is not None and self._tab_active != active:
            await self.live.note_event(ViolationKind.TAB_SWITCH, "end" if active else "begin")
        self._tab_active = self._tab_active if active is None else active

    async def _listen(self, audio: object) -> Hear | None:
        """Sound in whatever form; clients of the family send many, and what is none of ours is passed over."""
        if isinstance(audio, str) and audio:
            with contextlib.suppress(ValueError, SoundRefused):
                return await self.live.listen_to(decoded(audio), int(now().timestamp() * 1000))
        return None

    async def _judge(self, frame: str | None) -> tuple[FrameReport | None, str | None]:
        """What was seen, and the reason why the frame could not be judged."""
        if not frame:
            return None, None
        try:
            picture = decoded(frame)
            check_picture(picture)
            return await self.live.judge(picture, int(now().timestamp() * 1000)), None
        except ValueError:  # binascii.Error, and what is not even ASCII
            return None, "not_base64"
        except FrameRefused as refused:
            return None, refused.code

    def _new(self) -> list[ViolationChanged]:
        """Violations opened since the last answer."""
        opened, self._opened = list(self._opened), deque(maxlen=100)
        return opened

    def d0(self, opened: list[ViolationChanged]) -> dict[str, Any]:
        """What the seed calls alerts are the violations opened since the last answer."""
        return {
            "session_id": self.live.sitting.id,
            "trust_score": round(self.live.trust / 100, 4),
            "alerts": [alert_of(message, self.live.sitting.language) for message in opened],
            "timestamp": now().isoformat(),
        }

    def connected(self) -> dict[str, Any]:
        """To whoever waits to be greeted."""
        return {**self.status(), "type": "connection_established"}

    def frame(self, report: FrameReport | None) -> dict[str, Any]:
        """`frame_analysis` with the fields of both typed dialects."""
        found, opened = ai_results(report), self._new()
        alerts = [alert_of(message, self.live.sitting.language) for message in opened]
        return {
            "type": "frame_analysis",
            "session_id": self.live.sitting.id,
            "ai_results": found,
            "violations": [{**alert, "type": alert["alert_type"]} for alert in alerts],
            "trust_score": self.trust(),
            "result": {**self.d0(opened), **found, "violations": alerts},
            **_stamp(),
        }

    def audio(self, heard: Hear | None) -> dict[str, Any]:
        """`audio_analysis`."""
        result = {
            "level_db": None if heard is None else round(heard.level, 1),
            "speech_detected": bool(heard and heard.heard),
            "violations": [alert_of(message, self.live.sitting.language) for message in self._new()],
        }
        return {"type": "audio_analysis", "session_id": self.live.sitting.id, "result": result, **_stamp()}

    def status(self) -> dict[str, Any]:
        """`session_status_update`."""
        sitting = self.live.sitting
        return {
            "type": "session_status_update",
            "session_id": sitting.id,
            "exam_id": sitting.exam_id,
            "status": sitting.state,
            "is_active": sitting.state in OPEN,
            "trust_score": self.trust(),
            "ends_at": sitting.ends_at.isoformat(),
            "time_remaining": max(0, int((sitting.ends_at - now()).total_seconds())),
            **_stamp(),
        }

    def trust(self) -> dict[str, Any]:
        """0..100, as the typed dialects show it; the trend is since the last answer."""
        change, self._trust = self.live.trust - self._trust, self.live.trust
        return {
            "current_score": round(self.live.trust, 2),
            "category": self.live.band,
            "trend": "stable" if abs(change) < 0.005 else "declining" if change < 0 else "improving",
            "violations_count": self.live.noted,
        }


def _stamp() -> dict[str, str]:
    return {"timestamp": now().isoformat()}


def alert_of(message: ViolationChanged, language: Language) -> dict[str, Any]:
    """One violation as the family shows it."""
    return {
        "alert_type": message.violation.kind,
        "severity": message.violation.severity,
        "description": text("violations", f"{message.violation.kind}.description", language),
        "trust_score_impact": trust_impact(message.violation.without_this, message.trust),
    }


def ai_results(report: FrameReport | None) -> dict[str, Any]:
    """What was measured in a frame, in D2's names; boxes in pixels of the picture, angles in degrees."""
    faces = report.faces if report else ()
    head, gaze, quality = (report.head, report.gaze, report.quality) if report else (None, None, None)
    kinds = {one.kind for one in report.observations} if report else set()
    return {
        "face_detection": {
            "faces_detected": None
            if report is None or (report.states and not faces)
            else len(faces),  # unseen is not nobody
            "confidence": round(max((face.score for face in faces), default=0.0), 4),
            "face_positions": [
                dict(zip(("x", "y", "width", "height"), face.box, strict=True)) | {"confidence": face.score}
                for face in faces
            ],
            "multiple_faces": ViolationKind.MULTIPLE_FACES in kinds,
        },
        "eye_tracking": {
            "gaze_detected": gaze is not None,
            "gaze": None if gaze is None else {"x": gaze.x, "y": gaze.y},
            "head_pose": None if head is None else {"yaw": head.yaw, "pitch": head.pitch, "roll": head.roll},
            "looking_away": ViolationKind.LOOKING_AWAY in kinds,
        },
        "object_detection": {
            "objects": [{"label": one.label, "confidence": one.score, "box": list(one.box)} for one in report.objects]
            if report
            else []
        },
        "frame_quality": {
            "brightness": None if quality is None else round(quality.brightness, 2),
            "contrast": None if quality is None else round(quality.contrast, 2),
            "blur_score": None if quality is None else round(quality.sharpness, 2),
            "acceptable": report is not None and not report.states,
            "states": [str(state) for state in report.states] if report else [],
        },
    }
