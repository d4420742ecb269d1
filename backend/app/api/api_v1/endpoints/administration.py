"""The administrator's pages: audit log, institution, retention, system."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.api.deps import Admin, Db, Page, SettingsDep
from app.db.session import commit
from app.schemas.administration import (
    AuditFilter,
    AuditRead,
    RetentionDone,
    RetentionPreview,
    RetentionRequest,
    SystemRead,
)
from app.schemas.base import Moment, PathId
from app.schemas.institution import InstitutionRead, InstitutionSettings
from app.services import retention
from app.services import system as servers
from app.services.audit_search import audit_actions, search_audit
from app.services.evidence_sweep import remove_evidence
from app.services.institution import in_force, institution, public, set_institution

router = APIRouter(tags=["administration"])


@router.get("/audit")
async def audit(
    db: Db,
    _who: Admin,
    page: Page,
    q: Annotated[str, Query(max_length=200)] = "",
    actor_id: Annotated[PathId | None, Query()] = None,
    action: Annotated[str, Query(max_length=64)] = "",
    subject: Annotated[str, Query(max_length=64)] = "",
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
) -> list[AuditRead]:
    """Who did what, newest first; an `action` that ends with a dot (`exam.`) stands for all that begin so."""
    wanted = AuditFilter(q=q, actor_id=actor_id, action=action, subject=subject, since=since, until=until)
    return await search_audit(db, wanted, skip=page.skip, limit=page.limit)


@router.get("/audit/actions")
async def actions(db: Db, _who: Admin) -> Sequence[str]:
    """Every action the audit log holds, for its filter."""
    return await audit_actions(db)


@router.get("/institution")
async def read_institution(db: Db, _who: Admin) -> InstitutionSettings:
    """The institution's settings."""
    return await institution(db)


@router.put("/institution")
async def write_institution(request: Request, db: Db, who: Admin, wanted: InstitutionSettings) -> InstitutionSettings:
    """Replace them; they hold at once, in other server processes within half a minute."""
    await set_institution(db, who, wanted)
    await commit(db)
    state = request.app.state
    state.settings = in_force(state.own_settings, wanted)
    state.mailer.use(state.settings)
    return wanted


@router.get("/institution/public")
async def read_public(db: Db, settings: SettingsDep) -> InstitutionRead:
    """What everybody may know, also before a login."""
    return public(await institution(db), settings)


@router.get("/retention/preview")
async def preview(db: Db, _who: Admin) -> RetentionPreview:
    """What a run would delete now; nothing is deleted."""
    return await retention.preview(db)


@router.post("/retention/run")
async def run(request: Request, db: Db, who: Admin, wanted: RetentionRequest) -> RetentionDone:
    """Delete what is due, if it is still what the preview has shown."""
    done, names = await retention.run(db, who, wanted)
    await commit(db)
    await remove_evidence(request.app.state.store, names)
    return done


@router.get("/system")
async def system(request: Request, db: Db, _who: Admin, settings: SettingsDep) -> SystemRead:
    """Health, workers, queues, load, versions, storage."""
    state = request.app.state
    server = servers.Server(
        settings, state.sessions, state.engine, state.live, state.reports, state.disk, request.app.version, state.began
    )
    return await servers.system(db, server)
