"""Logging in at an identity provider: begun by one browser, ended by the same one, once."""

import secrets
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Forbidden, Unauthenticated
from app.core.identity_provider import Identity, IdentityProvider
from app.core.security import digest, hash_password, new_secret
from app.db.models import ExternalIdentity, ProviderLogin, User
from app.db.session import Sessions, unit_of_work
from app.domain.graphemes import cut
from app.domain.roles import Role
from app.schemas.auth import SocialLoginBegun
from app.schemas.base import Line
from app.schemas.users import Email
from app.services import audit
from app.services.auth import Login, end_all_logins, open_login
from app.services.users import add_accounts

LIFE = timedelta(minutes=10)
_email: TypeAdapter[str] = TypeAdapter(Email)
_name: TypeAdapter[str] = TypeAdapter(Line)


async def begin(sessions: Sessions, provider: IdentityProvider) -> SocialLoginBegun:
    """Where to send the browser. NotOffered, BadGateway."""
    begun = await provider.begin()
    secret, hashed = new_secret()
    async with unit_of_work(sessions) as db:
        await db.execute(delete(ProviderLogin).where(ProviderLogin.expires_at < now()))
        db.add(
            ProviderLogin(
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.code_verifier,
                browser_hash=hashed,
                expires_at=now() + LIFE,
            )
        )
    return SocialLoginBegun(
        authorization_url=begun.url, state=begun.state, browser_secret=secret, expires_in=int(LIFE.total_seconds())
    )


async def finish(
    sessions: Sessions, provider: IdentityProvider, *, code: str, state: str, browser_secret: str, settings: Settings
) -> Login:
    """Let in whom the code stands for. Each login begun can be ended once, by the browser that began it.

    Unauthenticated `provider_login_unknown`, `provider_refused`, `provider_email_unproven`, `login_failed`;
    Forbidden `account_not_linked`.
    """
    async with unit_of_work(sessions) as db:
        begun = await db.scalar(
            delete(ProviderLogin)
            .where(ProviderLogin.state == state, ProviderLogin.expires_at > now())
            .returning(ProviderLogin)
        )
    if begun is None or not secrets.compare_digest(begun.browser_hash, digest(browser_secret)):
        raise Unauthenticated("provider_login_unknown")
    identity = await provider.finish(code, nonce=begun.nonce, code_verifier=begun.code_verifier)
    nobodys = await hash_password(secrets.token_urlsafe(32))
    async with unit_of_work(sessions) as db:
        user = await _linked(db, identity) or await _link(db, identity, nobodys, settings=settings)
        await db.refresh(user, with_for_update={"key_share": True})
        if not user.is_active or user.is_demo:
            raise Unauthenticated("login_failed")
        audit.note(db, user, "user.login", f"user:{user.id}", provider=True)
        return await open_login(db, user, settings=settings)


async def _linked(db: AsyncSession, identity: Identity) -> User | None:
    query = select(User).join(ExternalIdentity, ExternalIdentity.user_id == User.id)
    user: User | None = await db.scalar(
        query.where(ExternalIdentity.issuer == identity.issuer, ExternalIdentity.subject == identity.subject)
    )
    return user


async def _link(db: AsyncSession, identity: Identity, nobodys_password: str, *, settings: Settings) -> User:
    """The account of the proven address, or a new student's.

    Anybody can have registered the address here without owning it. So the password that was chosen then dies, with
    all logins; and an administrator's account is never taken over by a mail address alone.
    """
    try:
        email = _email.validate_python(identity.email)
    except ValidationError as error:
        raise Unauthenticated("provider_email_unproven") from error
    user = await db.scalar(select(User).where(User.email == email).with_for_update())
    if user is None:
        if not settings.OIDC_CREATE_ACCOUNTS:
            raise Forbidden("account_not_linked")
        user = User(email=email, full_name=_name_of(identity), role=Role.STUDENT, hashed_password=nobodys_password)
        await add_accounts(db, [user])
        audit.note(db, user, "user.register", f"user:{user.id}", provider=True)
    elif user.role == Role.ADMIN or user.is_demo:
        raise Forbidden("account_not_linked")
    else:
        user.hashed_password, user.must_change_password, user.password_expires_at = nobodys_password, False, None
        await end_all_logins(db, user)
    db.add(ExternalIdentity(user_id=user.id, issuer=identity.issuer, subject=identity.subject))
    await db.flush()
    audit.note(db, user, "user.link_provider", f"user:{user.id}")
    return user


def _name_of(identity: Identity) -> str:
    for wanted in (identity.name, identity.email.partition("@")[0]):
        try:
            return _name.validate_python(cut(wanted, 200))
        except ValidationError:
            continue
    return "?"
