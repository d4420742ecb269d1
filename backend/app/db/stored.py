"""Which tables name pieces of the store; backup, sweep and removal of an exam go by this list."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select

from app.db.models import Document, Evidence, ExamSession, UploadedFile

STORED = (Evidence, Document, UploadedFile)
"""Each has `path`, `size` and `sha256`, and the last two again as `stored_…` where a piece is sealed.

Whoever adds such a table adds it here, or its files are swept away.
"""


async def known_names(db: AsyncSession, names: list[str]) -> set[str]:
    """Those of the names that a row stands for."""
    found: set[str] = set()
    for table in STORED:
        found |= set(await db.scalars(select(table.path).where(table.path.in_(names))))
    return found


async def names_of_exam(db: AsyncSession, exam_id: int) -> list[str]:
    """All pieces that go with an exam and its sittings."""
    sittings = select(ExamSession.id).where(ExamSession.exam_id == exam_id)
    queries: list[Select[str]] = [
        select(Evidence.path).where(Evidence.exam_session_id.in_(sittings)),
        select(Document.path).where(Document.exam_session_id.in_(sittings)),
        select(UploadedFile.path).where(
            or_(UploadedFile.exam_id == exam_id, UploadedFile.exam_session_id.in_(sittings))
        ),
    ]
    return [name for query in queries for name in await db.scalars(query)]


async def names_of_sittings(db: AsyncSession, exam_session_ids: list[int]) -> list[str]:
    """All pieces that go with sittings."""
    names: list[str] = []
    for table in STORED:
        names += await db.scalars(select(table.path).where(table.exam_session_id.in_(exam_session_ids)))
    return names
