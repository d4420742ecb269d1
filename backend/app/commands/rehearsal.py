"""An exam and students of its own for a rehearsal on a running server; everything made is removed at the end."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from app.commands.student_client import StudentClientError

PATIENCE_SECONDS = 30.0
WINDOW = timedelta(hours=2)
TOGETHER = 8
"""Requests at the same time: an account costs the server a password hash."""
T = TypeVar("T")


async def in_turns(work: Callable[[T], Awaitable[None]], things: Iterable[T], *, together: int = TOGETHER) -> None:
    """Do the work for each thing, a few at a time; the first failure ends it and is raised as it is."""
    room = asyncio.Semaphore(together)

    async def one(thing: T) -> None:
        async with room:
            await work(thing)

    jobs = [asyncio.ensure_future(one(thing)) for thing in things]
    try:
        await asyncio.gather(*jobs)
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class RehearsalStudent:
    """A student's account that lives as long as the rehearsal."""

    id: int
    email: str
    password: str


class Rehearsal:
    """Made through the API by an administrator. `students` accounts, and `exam_id`, which only they may sit."""

    def __init__(self, server: str, email: str, password: str, *, students: int, **exam: Any) -> None:
        self.exam_id = 0
        self.students: list[RehearsalStudent] = []
        self._credentials = {"email": email, "password": password}
        self._wanted = students
        self._exam = exam
        self._name = secrets.token_hex(4)
        self._http = httpx2.AsyncClient(base_url=f"{server.rstrip('/')}/api/v1", timeout=PATIENCE_SECONDS)

    async def __aenter__(self) -> Self:
        try:
            await self._log_in()
            await in_turns(self._make_student, range(self._wanted))
            self.exam_id = await self._make_exam()
        except BaseException:
            await self._remove_all()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        hidden: tuple[type[Exception], ...] = (httpx2.TransportError,) if error else ()  # tell of the first error
        with contextlib.suppress(*hidden):
            await self._remove_all()

    async def abandon(self) -> None:
        """Leave everything where it is: the server is gone for good."""
        await self._http.aclose()

    async def violations(self) -> list[dict[str, Any]]:
        """What was noted in all sittings, as the exam's staff see it."""
        found: list[dict[str, Any]] = []
        for taken in await self.sittings():
            found += await self.ask("GET", f"/exam-sessions/{taken['id']}/violations")
        return found

    async def ask(self, method: str, path: str, **body: Any) -> Any:
        """A request as the administrator. Raises StudentClientError where the server says no."""
        answer = await self._http.request(method, path, **body)
        if answer.status_code == 401:  # the rehearsal outlived its access token
            await self._log_in()
            answer = await self._http.request(method, path, **body)
        if not answer.is_success:
            raise StudentClientError(f"{method} {path}: {answer.status_code}", answer.status_code)
        return answer.json()

    async def _log_in(self) -> None:
        answer = await self._http.post("/auth/login", json=self._credentials)
        if not answer.is_success:
            raise StudentClientError(f"The administrator cannot log in: {answer.status_code}", answer.status_code)
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def _make_student(self, number: int) -> None:
        email, password = f"rehearsal-{self._name}-{number}@example.org", secrets.token_urlsafe(24)
        account = {"email": email, "password": password, "full_name": f"Rehearsal {number}", "role": "student"}
        made = await self.ask("POST", "/users/", json=account)
        self.students.append(RehearsalStudent(made["id"], email, password))

    async def _remove(self, student: RehearsalStudent) -> None:
        await self.ask("DELETE", f"/users/{student.id}")

    async def _end(self, taken: dict[str, Any]) -> None:
        await self.ask("POST", f"/proctoring/end-session/{taken['id']}")

    async def _make_exam(self) -> int:
        now = datetime.now(UTC)
        exam = {
            "title": f"Rehearsal {self._name}",
            "start_time": (now - timedelta(minutes=1)).isoformat(),
            "end_time": (now + WINDOW).isoformat(),
            "duration_minutes": 60,
            "enrolment": "list",
            **self._exam,
        }
        exam_id = int((await self.ask("POST", "/exams/", json=exam))["id"])
        await self.ask("PUT", f"/exams/{exam_id}/enrolments", json={"students": [one.id for one in self.students]})
        await self.ask("POST", f"/exams/{exam_id}/publish")
        return exam_id

    async def sittings(self) -> Sequence[dict[str, Any]]:
        """All exam sessions of the rehearsal."""
        found: list[dict[str, Any]] = []
        while page := await self.ask("GET", f"/proctoring/sessions/{self.exam_id}?skip={len(found)}&limit=100"):
            found += page
        return found

    async def _remove_all(self) -> None:
        """Sittings are ended, then the exam goes with all its records, then the accounts."""
        try:
            if self.exam_id:
                await in_turns(self._end, await self.sittings())
                await self.ask("DELETE", f"/exams/{self.exam_id}")
            await in_turns(self._remove, self.students)
        finally:
            await self._http.aclose()
