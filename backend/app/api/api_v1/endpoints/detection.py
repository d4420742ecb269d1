"""What is looked for, how strictly, and how wrong it is."""

from fastapi import APIRouter

from app.api.deps import CurrentUser
from app.schemas.detection import PresetRead
from app.services import detection

router = APIRouter(prefix="/detection", tags=["detection"])


@router.get("/presets")
async def read_presets(_who: CurrentUser) -> list[PresetRead]:
    """Limits and measured error rates of each preset; nothing here is secret from students."""
    return detection.presets()
