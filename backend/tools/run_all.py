"""Runs all tests, or all checks, to their end; exits with status 1 when any of them failed.

run_all.py test     # web units, real browser, server: pytest comes last, so its summary is the last line
run_all.py check    # two at a time; only what fails is shown
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend"
FRONTEND = ROOT / "frontend"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
COLOURLESS = {"NO_COLOR": "1"}


@dataclass(frozen=True, slots=True)
class Job:
    """A command, where it runs, and what it is called."""

    name: str
    folder: Path
    command: str
    environment: Mapping[str, str] | None = None

    def run(self, *, shown: bool) -> tuple[bool, str]:
        """Whether it succeeded, and its output where that was not shown."""
        done = subprocess.run(
            self.command.split(),
            cwd=self.folder,
            env={**os.environ, **(self.environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout or ""


def python(name: str, command: str) -> Job:
    """A check of the server's code."""
    return Job(name, BACKEND, f"python -m {command}" if command.split()[0] in ("mypy", "pytest") else command)


CHECKS = [
    python("types", "mypy"),
    Job("web types", FRONTEND, "npm run --silent typecheck"),
    python("format", "ruff format --check --quiet ."),
    python("lint", "ruff check --quiet ."),
    python("who imports whom", "lint-imports --no-cache"),
    python("sizes and names", "python tools/check_sizes.py"),
    python("words in two languages", "python tools/check_locales.py"),
    python("lock files", "python tools/lock.py --check"),
    python("no secrets", "python tools/check_secrets.py"),
    python("settings' example", "python tools/export_env.py --check"),
    python("routes' schema", "python tools/export_schema.py --check"),
    Job("web types of the routes", FRONTEND, "npm run --silent client -- --check", COLOURLESS),
    Job("web size", FRONTEND, "npm run --silent size"),
    Job("web lint", FRONTEND, "npm run --silent lint", COLOURLESS),
    Job("web features are islands", FRONTEND, "npm run --silent deps", COLOURLESS),
]
WEB_UNITS = Job("web units", FRONTEND, "npm run --silent test", COLOURLESS)
BROWSER = Job("real browser", FRONTEND, "npm run --silent e2e")
SERVER = python("server", "pytest --quiet --numprocesses 2 --dist worksteal")


def main(what: str) -> int:
    """The exit status."""
    if what == "check":
        return run_checks()
    if what == "test":
        return run_tests()
    sys.exit(__doc__)


def run_checks() -> int:
    """Every check, two at a time."""
    failed: list[str] = []

    def run(check: Job) -> None:
        begun = time.monotonic()
        well, output = check.run(shown=False)
        if not well:
            failed.append(check.name)
        print(f"{'ok    ' if well else 'FAILED'} {check.name} ({time.monotonic() - begun:.0f} s)", flush=True)
        if not well:
            print(output, flush=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, CHECKS))
    print(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def run_tests() -> int:
    """Web units, browser, server; the last failing does not hide the first."""
    jobs = [WEB_UNITS, BROWSER, SERVER]
    if not shutil.which(CHROMIUM):
        if os.environ.get("CI"):
            sys.exit(f"The browser tests need Chromium, and {CHROMIUM} is not there.")
        print(f"SKIPPED: the browser tests need Chromium ({CHROMIUM}; CHROMIUM=… names another).", flush=True)
        jobs.remove(BROWSER)
    failed: list[str] = []
    for job in jobs:
        if job is SERVER and failed:
            print(f"FAILED: {', '.join(failed)} (see above)", flush=True)
        print(f"— {job.name} —", flush=True)
        if not job.run(shown=True)[0]:
            failed.append(job.name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
