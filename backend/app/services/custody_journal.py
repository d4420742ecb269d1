"""What was signed, once more in a file outside the database: whoever cuts the end off a chain there is found out here.

One JSON line each. A line is written after the commit, so that it never speaks of what is not there; one that a crash
has swallowed is written with the next.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Signed:
    """A manifest as the journal knows it."""

    exam_session_id: int
    number: int
    count: int
    head: str


class Journal:
    """The file. Its methods block: call them in a thread."""

    def __init__(self, var_dir: Path) -> None:
        self.path = var_dir / "custody" / "journal.jsonl"

    def write(self, lines: list[Signed]) -> None:
        """Append, and be on disk before this returns."""
        self._append([asdict(line) for line in lines])

    def write_erased(self, exam_session_ids: list[int], user_id: int | None = None) -> None:
        """These were erased: a backup that still has them must not bring them back."""
        self._append([{"erased": exam_session_ids, "user_id": user_id}])

    def newest(self, exam_session_id: int) -> Signed | None:
        """The longest chain of a sitting that was ever signed."""
        found = [line for line in self._lines() if line.get("exam_session_id") == exam_session_id]
        signed = [Signed(**{name: line[name] for name in Signed.__dataclass_fields__}) for line in found]
        return max(signed, key=lambda one: one.number, default=None)

    def erased(self) -> tuple[set[int], set[int]]:
        """Sittings and people that were erased."""
        lines = [line for line in self._lines() if "erased" in line]
        people = {line["user_id"] for line in lines if line.get("user_id") is not None}
        return {one for line in lines for one in line["erased"]}, people

    def highest(self) -> int:
        """The highest number of a sitting that was ever signed."""
        return max((int(line["exam_session_id"]) for line in self._lines() if "exam_session_id" in line), default=0)

    def _append(self, lines: list[dict[str, Any]]) -> None:
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        body = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines).encode()
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, body)
            os.fsync(file)
        finally:
            os.close(file)

    def _lines(self) -> list[dict[str, Any]]:
        try:
            text = self.path.read_text()
        except FileNotFoundError:
            return []
        found = []
        for line in text.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:  # half a line of a crash
                continue
        return [line for line in found if isinstance(line, dict)]
