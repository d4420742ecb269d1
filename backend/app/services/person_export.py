"""Everything we have about one person, as a file to take away: JSON in plain words of ours, and every file."""

import asyncio
import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.strict_zip import packed
from app.db.models import (
    Accommodation,
    Answer,
    AuditEntry,
    ClientMessage,
    Consent,
    Document,
    Evidence,
    ExamEnrolment,
    ExamSession,
    ExternalIdentity,
    FaceTemplate,
    FilmPiece,
    GivenDecision,
    GivenVerdict,
    Notification,
    Outage,
    Paper,
    QuestionFlag,
    QuestionOpening,
    RefreshToken,
    SittingMessage,
    StaffNote,
    StudentComment,
    UploadedFile,
    User,
    Violation,
)
from app.domain.roles import Role
from app.services.audit import note
from app.services.custody_items import DEEDS
from app.services.custody_seal import Notary
from app.services.sealed_pieces import PieceChanged, PieceMissing, open_piece
from app.services.sound_lane import sound_of
from app.storage import EvidenceStore

PURPOSE = "person export"
SECRET = frozenset(
    {
        "hashed_password",
        "token_hash",
        "used_by",
        "sealed",
        "path",
        "stored_sha256",
        "stored_size",
        "token_version",
        "analysis",
    }
)
"""Columns that are keys, places or a detector's memory, and nobody's data in a form to read."""
OF_THE_PERSON: dict[str, tuple[Any, str]] = {
    "consents": (Consent, "student_id"),
    "enrolments": (ExamEnrolment, "student_id"),
    "accommodations": (Accommodation, "student_id"),
    "notifications": (Notification, "user_id"),
    "other_logins": (ExternalIdentity, "user_id"),
    "logins": (RefreshToken, "user_id"),
    "exam_sessions": (ExamSession, "student_id"),
}
OF_A_SITTING: dict[str, Any] = {
    "client_messages": ClientMessage,
    "answers": Answer,
    "flagged_questions": QuestionFlag,
    "opened_questions": QuestionOpening,
    "paper": Paper,
    "messages": SittingMessage,
    "outages": Outage,
    "violations": Violation,
    "evidence": Evidence,
    "documents": Document,
    "verdicts": GivenVerdict,
    "decisions": GivenDecision,
    "comments": StudentComment,
    "staff_notes": StaffNote,
    "face_template": FaceTemplate,
    "film_pieces": FilmPiece,
}
FOR_STAFF = "staff_notes"
HIDDEN: dict[str, frozenset[str]] = {"answers": frozenset({"internal_note"}), "decisions": frozenset({"note"})}
"""What staff wrote for each other: an administrator's copy has it, the person's own has not."""


async def export_person(db: AsyncSession, who: User, user: User, store: EvidenceStore, notary: Notary) -> bytes:
    """A ZIP file, audited and signed; of a person's own copy, what staff wrote for each other is left out."""
    whole = who.role == Role.ADMIN and who.id != user.id
    content, pieces = await _content(db, user, whole=whole)
    note(db, who, "user.export", f"user:{user.id}", own=not whole, exam_sessions=len(content["exam_sessions"]))
    await db.flush()
    files = {"data.json": _json(content)}
    missing = []
    for name, row in pieces:
        try:
            files[name] = await open_piece(db, store, row)
        except (PieceMissing, PieceChanged):
            missing.append(name)
    manifest = {
        "person": user.id,
        "at": now(),
        "key": notary.signer.key_id,
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
        "missing": missing,
    }
    files["manifest.json"] = _json(manifest)
    signature = await asyncio.to_thread(notary.signer.sign, PURPOSE, files["manifest.json"])
    files["manifest.signature"] = signature.encode()
    return await asyncio.to_thread(packed, files)


async def _content(db: AsyncSession, user: User, *, whole: bool) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    content: dict[str, Any] = {"account": _plain(user)}
    for name, (model, column) in OF_THE_PERSON.items():
        found = await db.scalars(select(model).where(getattr(model, column) == user.id))
        content[name] = [_plain(row) for row in found]
    pieces: list[tuple[str, Any]] = []
    for taken in content["exam_sessions"]:
        for name, model in OF_A_SITTING.items():
            if name == FOR_STAFF and not whole:
                continue
            rows = (await db.scalars(select(model).where(model.exam_session_id == taken["id"]))).all()
            hidden = frozenset() if whole else HIDDEN.get(name, frozenset())
            taken[name] = [_plain(row, hidden) for row in rows]
            if model in (Evidence, Document):
                pieces += [(f"exam-session-{taken['id']}/{name}-{row.id}.jpg", row) for row in rows]
        of_this = select(AuditEntry).where(AuditEntry.subject == f"exam_session:{taken['id']}")
        taken["deeds"] = [_plain(row) for row in await db.scalars(of_this.where(AuditEntry.action.in_(DEEDS)))]
        taken["sound"] = [one.model_dump(by_alias=True) for one in await sound_of(db, taken["id"])]
    sittings = [taken["id"] for taken in content["exam_sessions"]]
    mine = or_(UploadedFile.owner_id == user.id, UploadedFile.exam_session_id.in_(sittings))
    files = (await db.scalars(select(UploadedFile).where(mine).order_by(UploadedFile.id))).all()
    content["files"] = [_plain(row) for row in files]
    pieces += [(f"files/{row.id}-{row.name}", row) for row in files]
    deeds = or_(AuditEntry.actor_id == user.id, AuditEntry.subject == f"user:{user.id}")
    entries = await db.scalars(select(AuditEntry).where(deeds).order_by(AuditEntry.id))
    content["audit"] = [_plain(row) for row in entries]
    return content, pieces


def _plain(row: Any, hidden: frozenset[str] = frozenset()) -> dict[str, Any]:
    names = [one.key for one in inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if name not in SECRET and name not in hidden}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=_written).encode()


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
