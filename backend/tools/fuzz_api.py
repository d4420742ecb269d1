"""Schemathesis against a real server with rows in it, as a student, a teacher and an administrator.

fuzz_api.py --seconds 60 --seed 7

It ends with status 1 where any answer was a server error, or was not what `/openapi.json` promises of a success.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.server_child import ADMIN, BACKEND, ServerChild

NOT_CHECKED = "positive_data_acceptance,unsupported_method,allow_header_conformance"
"""All other checks are made. Not these: what is refused by a rule that no schema can express (an end before its start)
is well-formed all the same; the seed family's second names of routes (PUT for POST) are served and not in the schema;
and where a word stands beside an id (`/notifications/send`), it is a bad id to the methods that take one."""
NOT_ASKED = r"(/logout$|/users/me/password$|/auth/forgot-password$|/auth/social-login$)"
"""The first two would end the run's own login; the others answer 501 on a server without mail and foreign logins."""
PASSWORD = "mango lantern 77"  # noqa: S105 - of accounts that live as long as the run
SITTERS = 3


class Caller:
    """One person's requests."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.url = f"{url}/api/v1"
        self.token = ""
        self.token = self.ask("POST", "/auth/login", {"email": email, "password": password})["access_token"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. Raises HTTPError where the server says no."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")


def fill(url: str) -> tuple[dict[str, str], dict[str, list[int]]]:
    """An exam with questions, people and sittings; the logins by role, and the ids by the names of path parameters."""
    admin = Caller(url, *ADMIN)
    people = [f"teacher@{url[-4:]}.example.org", *(f"student{n}@{url[-4:]}.example.org" for n in range(SITTERS))]
    ids: dict[str, list[int]] = {"user_id": []}
    for email in people:
        role = email[:7]
        account = {"email": email, "password": PASSWORD, "full_name": f"Fuzz {role}", "role": role}
        ids["user_id"].append(admin.ask("POST", "/users/", account)["id"])
    ids["student_id"] = ids["user_id"][1:]
    teacher = Caller(url, people[0], PASSWORD)
    start = datetime.now(UTC) - timedelta(minutes=1)
    exam = {
        "title": "Fuzz",
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(hours=8)).isoformat(),
        "duration_minutes": 60,
        "enrolment": "open",
    }
    ids["exam_id"] = [teacher.ask("POST", "/exams/", exam)["id"] for _ in range(2)]
    here = f"/exams/{ids['exam_id'][0]}"
    ids["section_id"] = [teacher.ask("POST", f"{here}/sections", {"title": {"en": "One"}})["id"]]
    options = [{"id": one, "text": {"en": one}} for one in "ab"]
    choice = {"type": "single_choice", "text": {"en": "?"}, "body": {"options": options}, "key": {"option": "a"}}
    essay = {"type": "essay", "text": {"en": "Why?", "bn": "কেন?"}}
    ids["question_id"] = [teacher.ask("POST", f"{here}/questions", one)["id"] for one in (choice, essay)]
    for exam_id in ids["exam_id"]:
        teacher.ask("POST", f"/exams/{exam_id}/publish")
    students = [Caller(url, email, PASSWORD) for email in people[1:]]
    begun = [one.ask("POST", "/proctoring/start-session", {"exam_id": ids["exam_id"][0]}) for one in students]
    ids["session_id"] = [int(one["id"]) for one in begun]
    for student, session_id in zip(students, ids["session_id"], strict=True):
        student.ask("GET", f"/exam-sessions/{session_id}/paper")
    told = {"user_ids": ids["student_id"], "title": "Hello", "message": "Good luck"}
    teacher.ask("POST", "/notifications/send", told)
    ids["notification_id"] = [one.ask("GET", "/notifications/")[0]["id"] for one in students]
    students[-1].ask("POST", f"/proctoring/end-session/{ids['session_id'][-1]}")
    return {"student": students[0].token, "teacher": teacher.token, "admin": admin.token}, ids


def fuzz(url: str, role: str, token: str, ids: dict[str, list[int]], *, seconds: int, seed: int) -> int:
    """One person's run, shown as it goes; schemathesis' exit status."""
    print(f"== {role}", flush=True)
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--checks", "all"]
    command += ["--exclude-checks", NOT_CHECKED]
    command += ["--header", f"Authorization: Bearer {token}", "--seed", str(seed), "--max-time", str(seconds)]
    command += ["--phases", "coverage,fuzzing,stateful", "--max-examples", "15", "--exclude-path-regex", NOT_ASKED]
    command += ["--continue-on-failure", "--no-shrink", "--generation-database", "none", "--no-color"]
    command += ["--suppress-health-check", "all", "--request-timeout", "20", "--warnings", "off"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(BACKEND),
        "SCHEMATHESIS_HOOKS": "tools.fuzz_hooks",
        "FUZZ_IDS": json.dumps(ids),
    }
    with tempfile.TemporaryDirectory() as folder:  # where it would remember this run, and play it again in the next
        return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


def main() -> int:
    """Start, fill, fuzz; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="For each role.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--roles", nargs="+", default=["student", "teacher", "admin"])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ServerChild(Path(folder) / "var") as server:
        tokens, ids = fill(server.url)
        statuses = {
            role: fuzz(server.url, role, tokens[role], ids, seconds=wanted.seconds, seed=wanted.seed)
            for role in wanted.roles
        }
        errors = server.log.read_text(errors="replace").count("internal_error")
    print(f"seed {wanted.seed}; internal errors in the server's log: {errors}; exit status by role: {statuses}")
    return 1 if errors or any(statuses.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
