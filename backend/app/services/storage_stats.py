"""How much is kept: of one's own exams, or, for administrators, of all, and how full the disk is."""

import asyncio
import shutil
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Document, Evidence, Exam, ExamSession, UploadedFile, User
from app.domain.roles import Role
from app.domain.uploads import Purpose
from app.schemas.files import StorageStats, Stored
from app.services.access import staffed_exams


async def storage_stats(db: AsyncSession, who: User, folder: Path) -> StorageStats:
    """Counts and bytes; files of accounts (portraits) count for administrators alone."""
    exams = staffed_exams(who).with_only_columns(Exam.id)
    sittings = select(ExamSession.id).where(ExamSession.exam_id.in_(exams))
    sizes = select(UploadedFile.purpose, func.count(), func.coalesce(func.sum(UploadedFile.size), 0))
    if who.role != Role.ADMIN:
        sizes = sizes.where(UploadedFile.exam_id.in_(exams) | UploadedFile.exam_session_id.in_(sittings))
    by_purpose = dict.fromkeys(Purpose, Stored(files=0, bytes=0))
    for purpose, count, size in await db.execute(sizes.group_by(UploadedFile.purpose)):
        by_purpose[Purpose(purpose)] = Stored(files=count, bytes=size)
    pictures = []
    for table in (Evidence, Document):
        query = select(func.count(), func.coalesce(func.sum(table.size), 0))
        if who.role != Role.ADMIN:
            query = query.where(table.exam_session_id.in_(sittings))
        count, size = (await db.execute(query)).one()
        pictures.append(Stored(files=count, bytes=size))
    disk = await asyncio.to_thread(_disk, folder) if who.role == Role.ADMIN else None
    everything = [*by_purpose.values(), *pictures]
    return StorageStats(
        total_files=sum(one.files for one in everything),
        total_bytes=sum(one.bytes for one in everything),
        by_purpose=by_purpose,
        evidence=pictures[0],
        documents=pictures[1],
        disk_total_bytes=disk[0] if disk else None,
        disk_free_bytes=disk[1] if disk else None,
    )


def _disk(folder: Path) -> tuple[int, int] | None:
    """Bytes of the volume and free ones; of the nearest folder that exists."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), None)
    if there is None:
        return None
    usage = shutil.disk_usage(there)
    return usage.total, usage.free
