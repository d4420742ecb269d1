"""Who asks, what each kind of person gets, and the rows they ask about."""

from dataclasses import dataclass, field
from typing import Any

from app.db.models import Exam, ExamSession, User
from app.domain.exam_sessions import SessionState
from tests.builders import PASSWORD

KINDS = ("anonymous", "own student", "other student", "own teacher", "other teacher", "admin", "disabled")
Statuses = tuple[int, int, int, int, int, int, int]

ANYBODY: Statuses = (200, 200, 200, 200, 200, 200, 200)
LOGGED_IN: Statuses = (401, 200, 200, 200, 200, 200, 401)
ADMIN_ONLY: Statuses = (401, 403, 403, 403, 403, 200, 401)
STAFF: Statuses = (401, 403, 403, 200, 200, 200, 401)
EXAM_STAFF: Statuses = (401, 403, 403, 200, 404, 200, 401)
EXAM_READERS: Statuses = (401, 200, 404, 200, 404, 200, 401)
OWN_STUDENT: Statuses = (401, 200, 404, 404, 404, 404, 401)
SELF_OR_ADMIN: Statuses = (401, 200, 404, 404, 404, 200, 401)
STAFF_OR_NOT_THERE: Statuses = (401, 404, 404, 200, 404, 200, 401)
"""For rows a student may see in part: what is for staff is simply not there."""

NEW_USER = {"email": "new@example.org", "password": "mango lantern 77", "full_name": "New"}
"""An account that a route makes; the test removes it before the next kind asks."""

NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "mango lantern 77"}


@dataclass(frozen=True)
class Case:
    """What each kind gets, and what they send."""

    statuses: Statuses
    body: dict[str, Any] | None = None
    session_state: SessionState = SessionState.ACTIVE
    query: str = ""
    """What follows the path, from `?` on."""


Routes = dict[tuple[str, str], Case]
"""(method, path) → case."""


@dataclass(frozen=True)
class World:
    """The people by kind, one exam with one sitting, and the ids that paths and bodies name."""

    people: dict[str, User | None]
    exam: Exam
    taken: ExamSession
    ids: dict[str, Any] = field(default_factory=dict)
