"""The greeting at the root of the API."""

from fastapi import APIRouter

router = APIRouter(tags=["root"])


@router.get("/")
async def read_root() -> dict[str, str]:
    """Say who answers."""
    return {"message": "Welcome to 360° Proctor API"}
