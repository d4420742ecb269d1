"""Demonstration data: shown, made and removed by an administrator."""

from fastapi import APIRouter, Request

from app.api.deps import Admin, Db, SettingsDep
from app.schemas.demo_data import DemoDataRead
from app.services.demo_data.runs import demo_data

router = APIRouter(prefix="/demo-data", tags=["administration"])


@router.get("")
async def read(db: Db, _who: Admin, settings: SettingsDep) -> DemoDataRead:
    """What is there, and how far the work on it is."""
    return await demo_data(db, settings)


@router.post("", status_code=202)
async def make(request: Request, db: Db, who: Admin, settings: SettingsDep) -> DemoDataRead:
    """Begin to make it; asked again with GET, it says how far it is."""
    await request.app.state.demo.begin(who, settings, removes=False)
    return await demo_data(db, settings)


@router.delete("")
async def remove(request: Request, db: Db, who: Admin, settings: SettingsDep) -> DemoDataRead:
    """Begin to remove it, and nothing else."""
    await request.app.state.demo.begin(who, settings, removes=True)
    return await demo_data(db, settings)
