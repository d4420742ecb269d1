"""5 imports and 10 exports an hour (T16): the next is told how long to wait; to try a file out counts little."""

import httpx2
import pytest
from fastapi import FastAPI

from app.core.config import Settings
from app.core.errors import TooMany
from app.db.models import Exam, User
from app.services.hourly_limits import HourlyLimits
from tests.fakes import Clock

LIST = "email,full_name\nnila@example.org,Nila\n"


def test_an_hour_later_there_is_room_again(settings: Settings) -> None:
    settings, clock = settings.model_copy(update={"EXPORTS_PER_HOUR": 2}), Clock()
    limits = HourlyLimits(clock=clock)
    limits.export(1, settings)
    clock.at += 600
    limits.export(1, settings)
    with pytest.raises(TooMany) as refused:
        limits.export(1, settings)
    assert refused.value.params == {"seconds": 3001}
    limits.export(2, settings)  # somebody else
    clock.at += 3000
    limits.export(1, settings)
    with pytest.raises(TooMany):
        limits.export(1, settings)


def test_what_was_refused_or_only_tried_counts_as_reading(settings: Settings) -> None:
    settings, limits = settings.model_copy(update={"IMPORTS_PER_HOUR": 1}), HourlyLimits(clock=Clock())
    with pytest.raises(ValueError, match="line 3"), limits.importing(1, settings, dry_run=False):
        raise ValueError("line 3")
    for _ in range(4):
        with limits.importing(1, settings, dry_run=True):
            pass
    with limits.importing(1, settings, dry_run=False):
        pass
    for dry_run in (False, True):
        with pytest.raises(TooMany), limits.importing(1, settings, dry_run=dry_run):
            pass


async def test_the_routes_keep_to_it(
    app: FastAPI, admin_client: httpx2.AsyncClient, teacher_client: httpx2.AsyncClient, exam: Exam, teacher: User
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"IMPORTS_PER_HOUR": 1, "EXPORTS_PER_HOUR": 1})
    paths = ("/api/v1/users/import", f"/api/v1/exams/{exam.id}/enrolments/import")
    for browser, path in zip((admin_client, teacher_client), paths, strict=True):
        body = {"text": LIST, "dry_run": False, "create_accounts": False}
        wanted = body if path.startswith("/api/v1/exams") else {"text": LIST, "dry_run": False}
        first = await browser.post(path, json=wanted)
        assert first.status_code == 200, first.text
        again = await browser.post(path, json=wanted)
        assert (again.status_code, again.json()["code"]) == (429, "too_many_requests")
        assert 0 < int(again.headers["Retry-After"]) <= 3600
    exports = (f"/exams/{exam.id}/export", f"/exams/{exam.id}/questions/export?format=json", "/analytics/export")
    found = [
        (await teacher_client.get(f"/api/v1{path}")).status_code for path in (*exports, f"/users/{teacher.id}/export")
    ]
    assert found == [200, 429, 429, 429]
