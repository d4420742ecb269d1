"""Accounts: one's own, and all of them for administrators."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator
from starlette.responses import Response

from app.api.deps import Admin, CurrentUser, Db, Limits, Page, SessionsDep, SettingsDep, SignedIn
from app.api.downloads import attachment
from app.api.uploads import table_body, uploaded_table
from app.db.models import User
from app.db.session import commit
from app.domain.roles import Role
from app.schemas.auth import Done
from app.schemas.base import PathId, storable
from app.schemas.imports import ImportReport, UserImportOptions
from app.schemas.users import (
    ActivityRead,
    ErasureDone,
    ErasureRequest,
    LoginRead,
    OneTimePassword,
    OwnUpdate,
    PasswordChange,
    UserCreate,
    UserRead,
    UserStatistics,
    UserUpdate,
)
from app.services import imports, user_directory, users
from app.services.erasure import erase_person, finish_erasure
from app.services.person_export import export_person

Search = Annotated[str | None, Query(max_length=200), AfterValidator(lambda value: value and storable(value))]
ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {}}}}
router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me", response_model=UserRead)
async def read_me(who: SignedIn) -> User:
    """One's own account."""
    return who


@router.put("/me", response_model=UserRead)
async def update_me(db: Db, who: SignedIn, wanted: OwnUpdate, settings: SettingsDep) -> User:
    """Change one's own name, language, e-mail or password; what is left out stays."""
    return await users.update_own(db, who, wanted, settings=settings)


@router.put("/me/password")
async def change_my_password(db: Db, who: SignedIn, wanted: PasswordChange, settings: SettingsDep) -> Done:
    """Choose a new password, against the current one. Ends all of one's logins, this one too."""
    await users.change_password(db, who, current=wanted.current_password, wanted=wanted.new_password, settings=settings)
    return Done()


@router.get("/", response_model=list[UserRead])
@router.get("", response_model=list[UserRead], include_in_schema=False)
async def list_users(
    db: Db,
    _: Admin,
    page: Page,
    role: Role | None = None,
    search: Search = None,
    is_active: bool | None = None,
    order: Literal["id", "name"] = "id",
) -> Sequence[User]:
    """All accounts, or those of a role, with a text in name or e-mail, active or not; by id or by name."""
    return await user_directory.list_users(
        db, role=role, search=search, is_active=is_active, named=order == "name", skip=page.skip, limit=page.limit
    )


@router.get("/stats")
@router.get("/statistics/", include_in_schema=False)
@router.get("/statistics", include_in_schema=False)
async def user_statistics(db: Db, _: Admin) -> UserStatistics:
    """How many accounts there are."""
    return await user_directory.user_statistics(db)


@router.get("/search/", response_model=list[UserRead])
@router.get("/search", response_model=list[UserRead], include_in_schema=False)
async def search_users(db: Db, _: Admin, page: Page, q: Search = None) -> Sequence[User]:
    """Accounts with this text in name or e-mail."""
    return await user_directory.list_users(db, search=q, skip=page.skip, limit=page.limit)


@router.get("/activity-logs")
async def activity_logs(
    db: Db, _: Admin, page: Page, user_id: Annotated[PathId | None, Query()] = None
) -> list[ActivityRead]:
    """What people did, newest first."""
    return await user_directory.activity(db, user_id=user_id, skip=page.skip, limit=page.limit)


@router.post("/import", openapi_extra=table_body(UserImportOptions))
async def import_users(
    request: Request, db: Db, sessions: SessionsDep, who: Admin, settings: SettingsDep, limits: Limits
) -> ImportReport:
    """Accounts from CSV, XLSX or pasted lines (`email, full_name, role, language`): all of them or none.

    422 `enrolments_invalid` lists the wrong lines. One-time passwords are in this answer and nowhere else.
    """
    body, wanted = await uploaded_table(request, UserImportOptions)
    await commit(db)  # hashing a whole class must not hold this connection
    with limits.importing(who.id, settings, dry_run=wanted.dry_run):
        return await imports.import_users(sessions, who, body, dry_run=wanted.dry_run)


@router.post("/", response_model=UserRead)
@router.post("", response_model=UserRead, include_in_schema=False)
async def create_user(db: Db, who: Admin, wanted: UserCreate, settings: SettingsDep) -> User:
    """Make an account with any role."""
    return await users.create(db, who, wanted, settings=settings)


@router.get("/{user_id}", response_model=UserRead)
async def read_user(db: Db, who: CurrentUser, user_id: PathId) -> User:
    """One account, for the person or an administrator."""
    return await users.access_user(db, who, user_id)


@router.put("/{user_id}", response_model=UserRead)
async def update_user(db: Db, who: Admin, user_id: PathId, wanted: UserUpdate, settings: SettingsDep) -> User:
    """Change an account; what is left out stays. Role, password and disabling end that person's logins."""
    user = await users.access_user(db, who, user_id)
    return await users.update(db, who, user, wanted, settings=settings)


@router.delete("/{user_id}")
async def delete_user(db: Db, who: Admin, user_id: PathId) -> Done:
    """Remove an account that no exam and no exam session names."""
    await users.remove(db, who, await users.access_user(db, who, user_id))
    return Done()


@router.post("/{user_id}/erase")
async def erase_user(request: Request, db: Db, who: Admin, user_id: PathId, wanted: ErasureRequest) -> ErasureDone:
    """Erase everything about a student for good: account, sittings, pictures, answers, keys. Give the e-mail again.

    403 `second_person_needed` for whoever has judged one of the sittings; 409 `person_sits_exam`.
    """
    notary = request.app.state.notary
    erased = await erase_person(db, who, await users.access_user(db, who, user_id), notary, email=wanted.email)
    await commit(db)  # files go only when the rows are gone for good
    await finish_erasure(request.app.state.store, notary, erased)
    return ErasureDone(exam_sessions=len(erased.exam_session_ids), files=len(erased.names))


@router.post("/{user_id}/activate", response_model=UserRead)
@router.put("/{user_id}/activate", response_model=UserRead, include_in_schema=False)
async def activate_user(db: Db, who: Admin, user_id: PathId, settings: SettingsDep) -> User:
    """Let somebody in again."""
    user = await users.access_user(db, who, user_id)
    return await users.update(db, who, user, UserUpdate(is_active=True), settings=settings)


@router.post("/{user_id}/deactivate", response_model=UserRead)
@router.put("/{user_id}/deactivate", response_model=UserRead, include_in_schema=False)
async def deactivate_user(db: Db, who: Admin, user_id: PathId, settings: SettingsDep) -> User:
    """Keep somebody out; all logins end within seconds, nothing is deleted."""
    user = await users.access_user(db, who, user_id)
    return await users.update(db, who, user, UserUpdate(is_active=False), settings=settings)


@router.post("/{user_id}/reset-password")
async def reset_password(db: Db, who: Admin, user_id: PathId) -> OneTimePassword:
    """A one-time password, good for a day, to be changed at the next login. Shown this once."""
    user = await users.access_user(db, who, user_id)
    password, expires_at = await users.give_one_time_password(db, who, user)
    return OneTimePassword(temporary_password=password, expires_at=expires_at)


@router.get("/{user_id}/export", response_class=Response, responses=ZIP)
async def export_user(
    request: Request, db: Db, who: CurrentUser, settings: SettingsDep, limits: Limits, user_id: PathId
) -> Response:
    """Everything about somebody with all files, for the person and administrators; audited, with a signed manifest."""
    user = await users.access_user(db, who, user_id)
    limits.export(who.id, settings)
    body = await export_person(db, who, user, request.app.state.store, request.app.state.notary)
    headers = {"Content-Disposition": attachment(f"person-{user_id}.zip")}
    return Response(body, media_type="application/zip", headers=headers)


@router.get("/{user_id}/activity-logs")
async def user_activity(db: Db, who: CurrentUser, user_id: PathId, page: Page) -> list[ActivityRead]:
    """What somebody did, and what was done to the account; for the person and administrators."""
    user = await users.access_user(db, who, user_id)
    return await user_directory.activity(db, user_id=user.id, skip=page.skip, limit=page.limit)


@router.get("/{user_id}/sessions")
async def open_logins(db: Db, who: CurrentUser, user_id: PathId) -> list[LoginRead]:
    """Logins that may still be renewed; for the person and administrators."""
    return await user_directory.open_logins(db, await users.access_user(db, who, user_id))


@router.delete("/{user_id}/sessions")
async def end_logins(db: Db, who: CurrentUser, user_id: PathId) -> Done:
    """End all of somebody's logins at once."""
    await user_directory.end_logins(db, who, await users.access_user(db, who, user_id))
    return Done()


@router.delete("/{user_id}/sessions/{login_id}")
async def end_login(db: Db, who: CurrentUser, user_id: PathId, login_id: UUID) -> Done:
    """End one login."""
    await user_directory.end_login(db, who, await users.access_user(db, who, user_id), login_id)
    return Done()
