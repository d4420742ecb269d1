"""What tests of many routes at once share: the app with what its lifespan would have opened."""

from datetime import datetime

import pytest
from fastapi import FastAPI

from app.core.config import Settings
from app.services.demo_data.sittings import Place
from app.services.demo_data.work import DemoWork
from app.storage import open_storage
from tests.fakes import ScriptedEngine


class NoLiveExamSessions:
    """Stands where the lifespan would put the live exam sessions; nothing is live here, so nothing is to settle."""

    async def settle(self, exam_session_id: int, *, ended_at: datetime | None = None) -> None:
        """Nothing to do."""

    def get(self, exam_session_id: int) -> None:
        """Nobody is connected."""

    def __len__(self) -> int:
        return 0


@pytest.fixture
async def closed_app(app: FastAPI, settings: Settings) -> FastAPI:
    """The app with what its lifespan would have opened, as far as these routes touch it."""
    app.state.live = NoLiveExamSessions()
    app.state.store = open_storage(settings)
    app.state.engine = ScriptedEngine()
    app.state.demo = DemoWork(Place(app.state.sessions, app.state.store, app.state.live.settle), app.state.notary)
    return app
