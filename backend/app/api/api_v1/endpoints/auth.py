"""Login, refresh, log-out, registration."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.deps import Db, LoginGuardDep, SessionsDep, SettingsDep, SignedIn, is_from_loopback
from app.core.errors import Invalid, NotOffered
from app.core.identity_provider import IdentityProvider
from app.core.mail import Mailer
from app.db.models import User
from app.schemas.auth import (
    Credentials,
    Done,
    ForgotPassword,
    LogoutRequest,
    RefreshRequest,
    ResetPassword,
    SocialLogin,
    SocialLoginBegun,
    SocialLoginOffer,
    Tokens,
)
from app.schemas.users import PasswordChange, Registration, UserRead
from app.services import auth, provider_logins, recovery, users


def _provider(request: Request) -> IdentityProvider:
    return cast("IdentityProvider", request.app.state.identity_provider)


ProviderDep = Annotated[IdentityProvider, Depends(_provider)]
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
    client = f"{request.client.host if request.client else ''}\n{request.headers.get('user-agent', '')}"
    opened = await auth.refresh(
        sessions, wanted.refresh_token, client=client, from_loopback=is_from_loopback(request), settings=settings
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


@router.post("/change-password")
async def change_password(db: Db, who: SignedIn, wanted: PasswordChange, settings: SettingsDep) -> Done:
    """Choose a new password, against the current one. Ends all of one's logins, this one too."""
    await users.change_password(db, who, current=wanted.current_password, wanted=wanted.new_password, settings=settings)
    return Done()


@router.post("/forgot-password")
async def forgot_password(
    request: Request, wanted: ForgotPassword, sessions: SessionsDep, settings: SettingsDep, later: BackgroundTasks
) -> Done:
    """Mail a link to choose a new password. The answer is the same whether or not there is such an account."""
    mailer: Mailer = request.app.state.mailer
    if not mailer.enabled:
        raise NotOffered("mail_off")
    later.add_task(recovery.mail_link, sessions, mailer, wanted.email, settings=settings)
    return Done()


@router.post("/reset-password")
async def reset_password(db: Db, wanted: ResetPassword, settings: SettingsDep) -> Done:
    """Choose a new password by a mailed link; each is good once. Ends all logins of the person."""
    await recovery.reset_password(db, wanted.token, wanted.new_password, settings=settings)
    return Done()


@router.get("/social-login")
async def social_login_offer(settings: SettingsDep, provider: ProviderDep) -> SocialLoginOffer:
    """Whether people can log in at an identity provider."""
    return SocialLoginOffer(enabled=provider.enabled, name=settings.OIDC_NAME)


@router.post("/social-login")
async def social_login(
    wanted: SocialLogin, sessions: SessionsDep, settings: SettingsDep, provider: ProviderDep
) -> SocialLoginBegun | Tokens:
    """Log in at the identity provider: first without a code, to learn where to go; then with what came back.

    501 `social_login_off` where no provider is configured.
    """
    if not provider.enabled:
        raise NotOffered("social_login_off")
    if wanted.token is not None:
        raise Invalid("social_login_token")
    if wanted.code is None or wanted.state is None or wanted.browser_secret is None:
        return await provider_logins.begin(sessions, provider)
    opened = await provider_logins.finish(
        sessions,
        provider,
        code=wanted.code,
        state=wanted.state,
        browser_secret=wanted.browser_secret,
        settings=settings,
    )
    return Tokens.model_validate(opened, from_attributes=True)


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
