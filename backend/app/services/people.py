"""Names behind ids that outlive their accounts: reviewers, authors, actors of the audit log."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import User
from app.domain.roles import Role
from app.schemas.reviews import ReviewerRead


class People:
    """Some people, by id; one whose account is gone has no name."""

    def __init__(self, found: dict[int, tuple[str, Role]]) -> None:
        self._found = found

    def __getitem__(self, person_id: int) -> ReviewerRead:
        return ReviewerRead(id=person_id, full_name=self._found.get(person_id, (None, None))[0])

    def role(self, person_id: int) -> Role | None:
        """What the person is today."""
        return self._found.get(person_id, (None, None))[1]


async def people_of(db: AsyncSession, ids: Iterable[int | None]) -> People:
    """In one query."""
    wanted = {one for one in ids if one is not None}
    rows = await db.execute(select(User.id, User.full_name, User.role).where(User.id.in_(wanted))) if wanted else ()
    return People({row.id: (row.full_name, Role(row.role)) for row in rows})
