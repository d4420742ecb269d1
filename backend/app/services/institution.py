"""The institution's settings: read, written, and put in force in this server process."""

import asyncio
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.passwords import shortest
from app.db.models import Institution, User
from app.db.session import Sessions, forgiving, unit_of_work
from app.schemas.institution import InstitutionRead, InstitutionSettings
from app.services.audit import note

REFRESH_SECONDS = 30.0
"""How often a server process looks whether another one has changed something."""


async def institution(db: AsyncSession) -> InstitutionSettings:
    """What holds now."""
    row = await db.scalar(select(Institution).order_by(Institution.id).limit(1))
    return InstitutionSettings() if row is None else InstitutionSettings.model_validate(_known(row.settings))


async def set_institution(db: AsyncSession, who: User, wanted: InstitutionSettings) -> InstitutionSettings:
    """Replace all of it; the audit log says what changed."""
    row = await db.scalar(select(Institution).order_by(Institution.id).limit(1).with_for_update())
    before = InstitutionSettings() if row is None else InstitutionSettings.model_validate(_known(row.settings))
    if row is None:
        row = Institution()
        db.add(row)
    row.settings = wanted.model_dump(mode="json")
    await db.flush()
    old, new = before.model_dump(mode="json"), row.settings
    changed = {name: f"{old[name]} → {new[name]}" for name in new if old[name] != new[name] and name != "mail_from"}
    note(db, who, "institution.update", "institution", fields=",".join(sorted(changed)), **changed)
    return wanted


def public(wanted: InstitutionSettings, settings: Settings) -> InstitutionRead:
    """What everybody may know; `settings` are those in force."""
    return InstitutionRead(
        name=wanted.name,
        languages=wanted.languages,
        password_min_length=shortest(settings),
        evidence_days=wanted.evidence_days,
        evidence_days_unreleased=wanted.evidence_days_unreleased,
    )


def in_force(own: Settings, wanted: InstitutionSettings) -> Settings:
    """The server's own settings, made stricter (never laxer) by the institution's."""
    changes: dict[str, object] = {}
    if wanted.password_min_length is not None:
        changes["PASSWORD_MIN_LENGTH"] = max(shortest(own), wanted.password_min_length)
    if wanted.max_fps is not None:
        changes["MAX_FPS"] = min(own.MAX_FPS, wanted.max_fps)
    if wanted.max_frame_bytes is not None:
        changes["MAX_FRAME_BYTES"] = min(own.MAX_FRAME_BYTES, wanted.max_frame_bytes)
    if wanted.mail_from is not None:
        changes["MAIL_FROM"] = wanted.mail_from
    return own.model_copy(update=changes)


async def follow_institution(sessions: Sessions, apply: Callable[[InstitutionSettings], None]) -> None:
    """Until cancelled: put in force what the database says, at once and then every REFRESH_SECONDS."""
    while True:
        with forgiving("institution.retry"):
            async with unit_of_work(sessions) as db:
                apply(await institution(db))
        await asyncio.sleep(REFRESH_SECONDS)


def _known(stored: dict[str, object]) -> dict[str, object]:
    """Without what a newer version has stored and this one does not know."""
    return {name: value for name, value in stored.items() if name in InstitutionSettings.model_fields}
