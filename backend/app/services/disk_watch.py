"""Watches the disks the server writes to: tells administrators in time, and keeps the last room for answers."""

import asyncio
import errno
import os
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Unavailable
from app.db.models import User
from app.db.session import Sessions, is_passing, unit_of_work
from app.domain.disk import DiskLevel, DiskUse, level_of, worst
from app.domain.roles import Role
from app.services.notifications import raise_notifications, wording_of
from app.storage import EvidenceStore

log = structlog.get_logger(__name__)
LOOK_SECONDS = 5.0


class DiskWatch:
    """Knows how full the evidence's disk is, and the database's where that is ours."""

    def __init__(self, settings: Settings) -> None:
        self._folders = [settings.evidence_dir]
        if settings.DATABASE_URL is None:
            self._folders.append(settings.VAR_DIR / "postgres")
        self._levels = dict.fromkeys(self._folders, DiskLevel.OK)
        self.share = 0.0
        """Of the fullest disk, 0..1."""

    @property
    def level(self) -> DiskLevel:
        """Of the fullest disk when it was last looked at."""
        return worst(list(self._levels.values()))

    async def look(self) -> DiskLevel:
        """Ask the system now."""
        uses = await asyncio.to_thread(lambda: [disk_use(folder) for folder in self._folders])
        for folder, use in zip(self._folders, uses, strict=True):
            self._levels[folder] = level_of(use, self._levels[folder])
        self.share = max(use.share for use in uses)
        return self.level

    async def require_room(self) -> None:
        """Unavailable `disk_full` where nothing new should begin."""
        if self.level is DiskLevel.FULL and await self.look() is DiskLevel.FULL:
            raise Unavailable("disk_full")

    async def run(self, sessions: Sessions) -> None:
        """Until cancelled: look, and tell."""
        told = DiskLevel.OK
        while True:
            try:
                level = await self.look()
                if level is not told:
                    log.warning("disk.level", level=level, percent=round(100 * self.share))
                    await self.tell(sessions, level, now())
                    told = level
            except Exception as error:
                if not is_passing(error):
                    raise
                log.error("disk.not_told", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def tell(self, sessions: Sessions, level: DiskLevel, at: datetime) -> None:
        """Administrators, once a day for each level; nobody when all is well."""
        if level is DiskLevel.OK:
            return
        async with unit_of_work(sessions) as db:
            admins = await db.scalars(select(User.id).where(User.role == Role.ADMIN, User.is_active))
            wording = wording_of(f"disk_{level}", percent=round(100 * self.share))
            await raise_notifications(db, admins, wording, key=f"disk:{level}:{at:%Y-%m-%d}")


class SparingStore:
    """A store that takes nothing more when the disk is nearly full; reading and deleting go on."""

    def __init__(self, store: EvidenceStore, disk: DiskWatch) -> None:
        self._store = store
        self._disk = disk

    async def put(self, name: str, body: bytes) -> None:
        """As the store, but OSError ENOSPC before the disk is really full."""
        if self._disk.level is DiskLevel.FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        await self._store.put(name, body)

    async def get(self, name: str) -> bytes:
        """As the store."""
        return await self._store.get(name)

    async def delete(self, name: str) -> None:
        """As the store."""
        await self._store.delete(name)

    async def names(self, *, older_than: datetime) -> list[str]:
        """As the store."""
        return await self._store.names(older_than=older_than)


def disk_use(folder: Path) -> DiskUse:
    """Of the disk this folder lies on, or will lie on."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    found = os.statvfs(there)
    return DiskUse((found.f_blocks - found.f_bfree) * found.f_frsize, found.f_bavail * found.f_frsize)
