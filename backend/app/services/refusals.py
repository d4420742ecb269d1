"""What in the database keeps a production server from starting."""

from sqlalchemy import exists, select

from app.core.config import Settings
from app.core.refusals import Refused, refuse_settings
from app.core.security import verify_password
from app.db.models import User
from app.db.session import Sessions
from app.domain.demo_accounts import DEMO_ACCOUNTS


async def refuse_to_start(settings: Settings, sessions: Sessions) -> None:
    """Refused with one line to show; to be asked after the migrations and before the first request.

    `core.refusals.refuse_settings` is the part that needs no database; ask that before opening one.
    """
    refuse_settings(settings)
    if not settings.production:
        return
    async with sessions() as db:
        if await db.scalar(select(exists().where(User.is_demo, User.is_active))):
            raise Refused("Demo accounts are active: run `proctor users demo-remove`.")
        query = select(User).where(User.email.in_([account.email for account in DEMO_ACCOUNTS]), User.is_active)
        known = {user.email: user.hashed_password for user in await db.scalars(query)}
    for account in DEMO_ACCOUNTS:
        fits, _ = await verify_password(account.password, known.get(account.email))
        if fits:
            raise Refused(
                f"{account.email} has the password of the README: run `proctor users passwd {account.email}`."
            )
