"""What several tests of the services stand in."""

import httpx2
import pytest
from fastapi import FastAPI

from app.core.config import Settings
from app.core.events import Bus
from app.db.session import Sessions
from app.storage import LocalStore
from tests.custody import Room


@pytest.fixture
def room(
    app: FastAPI, settings: Settings, sessions: Sessions, bus: Bus,
    student_client: httpx2.AsyncClient, teacher_client: httpx2.AsyncClient,
) -> Room:  # fmt: skip
    """The test's server."""
    app.state.store = LocalStore(settings.evidence_dir)
    return Room(app, settings, sessions, bus, student_client, teacher_client)
