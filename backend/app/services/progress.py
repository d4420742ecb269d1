"""How far students are: questions answered, of how many."""

from collections.abc import Collection

from sqlalchemy import column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Answer, Paper

NOTHING = (0, 0)


async def progress_of(db: AsyncSession, exam_session_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Sitting → answered, of how many; who has no paper yet is left out."""
    part = func.jsonb_array_elements(Paper.parts).table_valued(column("value", JSONB), name="part").render_derived()
    size = func.jsonb_array_length(part.c.value["questions"])
    sizes = (
        select(Paper.exam_session_id, func.sum(size))
        .join_from(Paper, part, true())
        .where(Paper.exam_session_id.in_(exam_session_ids))
        .group_by(Paper.exam_session_id)
    )
    counts = (
        select(Answer.exam_session_id, func.count())
        .where(Answer.exam_session_id.in_(exam_session_ids), func.jsonb_typeof(Answer.value) != "null")
        .group_by(Answer.exam_session_id)
    )
    answered = {key: int(count) for key, count in await db.execute(counts)}
    return {key: (answered.get(key, 0), int(size)) for key, size in await db.execute(sizes)}
