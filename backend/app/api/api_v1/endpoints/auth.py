"""Login, refresh, log-out, registration."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.deps import Db, LoginGuardDep, SessionsDep, SettingsDep, SignedIn, is_from_loopback
from app.db.models import User
from app.schemas.auth import Credentials, Done, LogoutRequest, RefreshRequest, Tokens
from app.schemas.users import Registration, UserRead
from app.services import auth, users

router = APIRouter(prefix="/auth", tags=["auth"])

LOGIN_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {
                        "username": {"type": "string", "description": "The e-mail address."},
                        "password": {"type": "string", "format": "password"},
                    },
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["email", "password"],
                    "properties": {
                        "email": {"type": "string"},
                        "password": {"type": "string", "format": "password"},
                    },
                }
            },
        },
    }
}


@router.post("/login", openapi_extra=LOGIN_BODY)
async def login(request: Request, sessions: SessionsDep, settings: SettingsDep, guard: LoginGuardDep) -> Tokens:
    """Log in with a form (`username`, `password`) or JSON (`email`, `password`)."""
    credentials = await _credentials(request)
    peer = request.client.host if request.client else ""
    with guard.attempt(email=credentials.email, peer=peer):
        opened = await auth.login(
            sessions,
            email=credentials.email,
            password=credentials.password,
            from_loopback=is_from_loopback(request),
            settings=settings,
        )
    return Tokens.model_validate(opened, from_attributes=True)


@router.post("/refresh")
async def refresh(request: Request, wanted: RefreshRequest, sessions: SessionsDep, settings: SettingsDep) -> Tokens:
    """Trade a refresh token for a new pair. Each is good once; a second use ends the login everywhere it was copied."""
    opened = await auth.refresh(
        sessions, wanted.refresh_token, from_loopback=is_from_loopback(request), settings=settings
    )
    return Tokens.model_validate(opened, from_attributes=True)


@router.post("/logout")
async def logout(db: Db, who: SignedIn, wanted: LogoutRequest | None = None) -> Done:
    """End this login (give its refresh token) or, with `everywhere`, all of them at once."""
    wanted = wanted or LogoutRequest()
    await auth.logout(db, who, secret=wanted.refresh_token, everywhere=wanted.everywhere)
    return Done()


@router.get("/me", response_model=UserRead)
async def read_me(who: SignedIn) -> User:
    """Who is logged in."""
    return who


@router.post("/register", response_model=UserRead)
async def register(db: Db, wanted: Registration, settings: SettingsDep) -> User:
    """Open a student's account."""
    return await users.register(db, wanted, settings=settings)


async def _credentials(request: Request) -> Credentials:
    """The login of either kind; a wrong shape is 422 like everywhere else."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json"):
        given: Any = await request.json()
    else:
        async with request.form(max_files=0, max_fields=20) as form:
            given = {"email": form.get("username"), "password": form.get("password")}
    try:
        return Credentials.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        ) from error
