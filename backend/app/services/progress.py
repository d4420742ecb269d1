"""How far students are: questions answered, of how many."""

from collections.abc import Collection

from sqlalchemy import column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Answer, Paper

NOTHING = (0, 0)


async def progress_of(db: AsyncSession, exam_session_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Sitting → answered, of how many; who has no paper yet is left out."""
    part = func.jsonb_array_elements(Paper.parts).table_valued(column("value", JSONB), name="part").render_derived()
    size = (
        select(func.sum(func.jsonb_array_length(part.c.value["questions"])))
        .select_from(part)
        .correlate(Paper)
        .scalar_subquery()
    )
    answered = (
        select(func.count())
        .where(Answer.exam_session_id == Paper.exam_session_id, func.jsonb_typeof(Answer.value) != "null")
        .correlate(Paper)
        .scalar_subquery()
    )
    query = select(Paper.exam_session_id, answered, size).where(Paper.exam_session_id.in_(exam_session_ids))
    return {key: (int(done or 0), int(total or 0)) for key, done, total in await db.execute(query)}
