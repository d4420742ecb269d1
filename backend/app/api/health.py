"""For machines that look after the server: is it alive, is it ready, how does it do."""

import asyncio

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.responses import JSONResponse, Response

from app.api.deps import is_from_loopback
from app.core.errors import Missing
from app.services.readiness import trouble

router = APIRouter(include_in_schema=False)

TASKS = Gauge("proctor_asyncio_tasks", "Tasks of the event loop; what a leak would make grow.")


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Database, migrations, evidence store and analysis work; else 503 and the names of those that do not."""
    state = request.app.state
    failing = await trouble(state.sessions, state.engine, state.settings)
    if failing:
        return JSONResponse({"status": "unavailable", "failing": failing}, 503)
    return JSONResponse({"status": "ok"})


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus; only for this machine."""
    if not is_from_loopback(request):
        raise Missing
    TASKS.set(len(asyncio.all_tasks()))
    return Response(generate_latest() + generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
