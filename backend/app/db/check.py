"""Looks whether the database is durable and up to date, evidence is what its row says, and every score explained."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from app.db.archive import Content, Progress, no_progress
from app.db.backup import evidence_files, unhurried
from app.db.migrate import newest_revision, revision_of
from app.db.trust_check import unexplained_scores

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(slots=True)
class Findings:
    """What was found; `problems` empty means that all is well."""

    version: str = ""
    revision: str | None = None
    newest: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    evidence: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    scores: int = 0
    unexplained: list[int] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """One line for each thing that is wrong."""
        wrong = [f"{name} is {value}" for name, value in self.settings.items() if value != "on"]
        if self.revision != self.newest:
            wrong.append(
                f"schema is at {self.revision or 'nothing'}, newest is {self.newest}: run `proctor db upgrade`"
            )
        wrong += [f"evidence file is missing: {path}" for path in self.missing]
        wrong += [f"evidence file is not what was stored: {path}" for path in self.damaged]
        wrong += [f"trust of exam session {key} is not what its violations give" for key in self.unexplained]
        return wrong


async def check(url: str, evidence_dir: Path, *, progress: Progress = no_progress) -> Findings:
    """Read settings, revision and the SHA-256 of every evidence file. Raises what connecting raises."""
    found = Findings(newest=newest_revision())
    files: dict[str, Content] = {}
    async with unhurried(url) as connection:
        found.version = (await connection.execute(text("SHOW server_version"))).scalar_one()
        for name in DURABLE:
            found.settings[name] = (await connection.execute(text(f"SHOW {name}"))).scalar_one()
        found.revision = await connection.run_sync(revision_of)
        if found.revision == found.newest:
            files = await evidence_files(connection)
            found.scores, found.unexplained = await unexplained_scores(connection)
    await asyncio.to_thread(_compare, evidence_dir, files, found, progress)
    return found


def _compare(evidence_dir: Path, files: Mapping[str, Content], found: Findings, progress: Progress) -> None:
    total = sum(known.size for known in files.values())
    done = 0
    for path, known in files.items():
        try:
            with (evidence_dir / path).open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            found.missing.append(path)
        else:
            if sha256 != known.sha256:
                found.damaged.append(path)
        found.evidence += 1
        done += known.size
        progress("evidence", done, total)
