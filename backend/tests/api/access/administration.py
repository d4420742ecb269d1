"""Who may use the administrator's pages."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import DemoRun
from tests.api.access.kinds import ADMIN_ONLY, ANYBODY, Case, Routes, World

# 409: it is being made at this moment.
ADMIN_BUSY = (401, 403, 403, 403, 403, 409, 401)

ROUTES: Routes = {
    ("GET", "/api/v1/audit"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/audit/actions"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/institution"): Case(ADMIN_ONLY),
    ("PUT", "/api/v1/institution"): Case(ADMIN_ONLY, {"name": "Dhaka College"}),
    ("GET", "/api/v1/institution/public"): Case(ANYBODY),
    ("GET", "/api/v1/retention/preview"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/retention/run"): Case(ADMIN_ONLY, {"pictures": 0, "documents": 0}),
    ("GET", "/api/v1/system"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/demo-data"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/demo-data"): Case(ADMIN_BUSY),
    ("DELETE", "/api/v1/demo-data"): Case(ADMIN_BUSY),
}


async def add_to_world(db: AsyncSession, _world: World) -> dict[str, int]:
    """Demonstration data that is being made."""
    db.add(DemoRun(removes=False, beat_at=now()))
    await db.flush()
    return {}
