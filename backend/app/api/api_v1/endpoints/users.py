"""Accounts: one's own, and all of them for administrators."""

from collections.abc import Sequence

from fastapi import APIRouter

from app.api.deps import Admin, CurrentUser, Db, Page, SettingsDep, SignedIn
from app.db.models import User
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.schemas.users import OwnUpdate, UserCreate, UserRead, UserUpdate
from app.services import users

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me", response_model=UserRead)
async def read_me(who: SignedIn) -> User:
    """One's own account."""
    return who


@router.put("/me", response_model=UserRead)
async def update_me(db: Db, who: SignedIn, wanted: OwnUpdate, settings: SettingsDep) -> User:
    """Change one's own name, language, e-mail or password; what is left out stays."""
    return await users.update_own(db, who, wanted, settings=settings)


@router.get("/", response_model=list[UserRead])
@router.get("", response_model=list[UserRead], include_in_schema=False)
async def list_users(db: Db, _: Admin, page: Page) -> Sequence[User]:
    """All accounts."""
    return await users.list_users(db, skip=page.skip, limit=page.limit)


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
