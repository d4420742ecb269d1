"""Note who did what, in the transaction of the deed itself (T35): if the note fails, so does the deed."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import AuditEntry, User


def note(
    db: AsyncSession, who: User | None, action: str, subject: str, **detail: str | int | float | bool | None
) -> AuditEntry:
    """Add an audit row. `action` is `noun.verb`, `subject` a noun and an id such as `exam:17`; ids only, no names.

    `who` is None where nobody is logged in: a refused login, the command line, the server itself.
    """
    entry = AuditEntry(actor_id=who.id if who else None, action=action, subject=subject, detail=detail)
    db.add(entry)
    return entry
