"""What endpoints ask for: settings, the transaction, and who is there."""

import ipaddress
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any, cast

from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.errors import Forbidden, Unauthenticated
from app.db.models import User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Language, Role
from app.schemas.base import Limit, Skip
from app.services import auth
from app.services.disk_watch import DiskWatch
from app.services.hourly_limits import HourlyLimits
from app.services.login_guard import LoginGuard

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
FORWARDING = ("forwarded", "via", "x-real-ip")

bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login", auto_error=False)


def get_settings(request: Request) -> Settings:
    """The settings the app was made with."""
    return cast("Settings", request.app.state.settings)


def get_sessions(request: Request) -> Sessions:
    """For the few endpoints that need more than one transaction."""
    return cast("Sessions", request.app.state.sessions)


def get_disk(request: Request) -> DiskWatch:
    """How full the disks are."""
    return cast("DiskWatch", request.app.state.disk)


def get_login_guard(request: Request) -> LoginGuard:
    """What slows down guessing; made with the first login of this app."""
    state = request.app.state
    if not hasattr(state, "login_guard"):
        state.login_guard = LoginGuard(state.settings)
    return cast("LoginGuard", state.login_guard)


async def get_db(request: Request) -> AsyncIterator[AsyncSession]:
    """The request's transaction: committed after the endpoint and before the answer leaves."""
    async with unit_of_work(get_sessions(request)) as db:
        yield db


def get_limits(request: Request) -> HourlyLimits:
    """What keeps one person from importing or exporting without end."""
    return cast("HourlyLimits", request.app.state.limits)


SettingsDep = Annotated[Settings, Depends(get_settings)]
Disk = Annotated[DiskWatch, Depends(get_disk)]
Limits = Annotated[HourlyLimits, Depends(get_limits)]
LoginGuardDep = Annotated[LoginGuard, Depends(get_login_guard)]
SessionsDep = Annotated[Sessions, Depends(get_sessions)]
Db = Annotated[AsyncSession, Depends(get_db, scope="function")]


async def get_signed_in(
    request: Request, db: Db, settings: SettingsDep, token: Annotated[str | None, Depends(bearer)]
) -> User:
    """Whoever the bearer token stands for, also when the password must be changed first."""
    if not token:
        raise Unauthenticated
    user, request.state.login = await auth.who_is(db, token, settings=settings)
    request.state.language = Language(user.preferred_language)
    return user


SignedIn = Annotated[User, Depends(get_signed_in)]


def get_login(request: Request, _user: SignedIn) -> uuid.UUID | None:
    """The login that the bearer token belongs to."""
    return cast("uuid.UUID | None", request.state.login)


LoginId = Annotated[uuid.UUID | None, Depends(get_login)]


async def get_current_user(user: SignedIn) -> User:
    """Whoever is logged in and may work."""
    if user.must_change_password:
        raise Forbidden("password_change_required")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


def _only(*roles: Role) -> Callable[[User], Coroutine[Any, Any, User]]:
    async def check(user: CurrentUser) -> User:
        if user.role not in roles:
            raise Forbidden
        return user

    return check


Admin = Annotated[User, Depends(_only(Role.ADMIN))]
Staff = Annotated[User, Depends(_only(Role.ADMIN, Role.TEACHER))]
Student = Annotated[User, Depends(_only(Role.STUDENT))]


class Paging:
    """`?skip=0&limit=100`, at most 500 rows."""

    def __init__(self, skip: Annotated[Skip, Query()] = 0, limit: Annotated[Limit, Query()] = 100) -> None:
        self.skip = skip
        self.limit = limit


Page = Annotated[Paging, Depends()]


def _peer(request: Request) -> str:
    """Where the request came from, as uvicorn knows it: forwarded addresses count only from proxies it trusts."""
    return request.client.host if request.client else ""


Peer = Annotated[str, Depends(_peer)]


def is_from_loopback(request: Request) -> bool:
    """Whether the request provably began on this machine: peer, Host, and no trace of a proxy in between."""
    if request.client is None or not _is_loopback(request.client.host):
        return False
    name, _, port = request.headers.get("host", "").rpartition(":")
    host = name if name and port.isdigit() else request.headers.get("host", "")
    if host.lower() not in LOCAL_HOSTS:
        return False
    return not any(header.startswith("x-forwarded-") or header in FORWARDING for header in request.headers)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # a socket that listens on both families shows IPv4 peers so
    return (mapped or address).is_loopback
