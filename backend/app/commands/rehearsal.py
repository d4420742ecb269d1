"""An exam and students of its own for a rehearsal on a running server; everything made is removed at the end."""

import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx2

from app.commands.student_client import StudentClientError

PATIENCE_SECONDS = 30.0
WINDOW = timedelta(hours=2)


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
            for number in range(self._wanted):
                self.students.append(await self._make_student(number))
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

    async def violations(self) -> list[dict[str, Any]]:
        """What was noted in all sittings, as the exam's staff see it."""
        found: list[dict[str, Any]] = []
        for taken in await self._sittings():
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

    async def _make_student(self, number: int) -> RehearsalStudent:
        email, password = f"rehearsal-{self._name}-{number}@example.org", secrets.token_urlsafe(24)
        account = {"email": email, "password": password, "full_name": f"Rehearsal {number}", "role": "student"}
        made = await self.ask("POST", "/users/", json=account)
        return RehearsalStudent(made["id"], email, password)

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

    async def _sittings(self) -> Sequence[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := await self.ask("GET", f"/proctoring/sessions/{self.exam_id}?skip={len(found)}&limit=100"):
            found += page
        return found

    async def _remove_all(self) -> None:
        """Sittings are ended, then the exam goes with all its records, then the accounts."""
        try:
            if self.exam_id:
                for taken in await self._sittings():
                    await self.ask("POST", f"/proctoring/end-session/{taken['id']}")
                await self.ask("DELETE", f"/exams/{self.exam_id}")
            for student in self.students:
                await self.ask("DELETE", f"/users/{student.id}")
        finally:
            await self._http.aclose()
