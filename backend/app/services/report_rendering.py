"""Has reports set by a process of their own: a few at a time, with an end to waiting."""

import asyncio
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from app.core.errors import Unavailable
from app.services.report_process import font_folders

log = structlog.get_logger(__name__)
AT_ONCE = 2
MOST_WAITING = 20
LONGEST_SECONDS = 60.0
BACKEND = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Report:
    """A report before it is set: which template, what it says, what the file is called.

    `no_pictures` says in the reader's language that the pictures are missing, where it cannot be set with them.
    """

    template: str
    data: dict[str, Any]
    file_name: str
    no_pictures: str = ""

    def without_pictures(self) -> "Report":
        """The same with that notice instead of them."""
        violations = [{**one, "pictures": []} for one in self.data.get("violations", ())]
        return replace(self, data={**self.data, "violations": violations, "left_out": self.no_pictures})


class ReportFailed(Exception):
    """The template could not be set with this data."""


class ReportRenderer:
    """The queue of reports of one server. What waits too long, or behind too many, is refused, never left hanging."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self.waiting = 0

    async def render(self, report: Report) -> bytes:
        """The PDF. Unavailable `reports_busy`, `report_fonts_missing`; ReportFailed where it cannot be set."""
        if not font_folders():
            raise Unavailable("report_fonts_missing")
        if self.waiting >= MOST_WAITING:
            raise Unavailable("reports_busy")
        self.waiting += 1
        try:
            async with asyncio.timeout(LONGEST_SECONDS), self._places:
                try:
                    return await self._set(report)
                except ReportFailed:
                    if not report.no_pictures:
                        raise
                    return await self._set(report.without_pictures())
        except TimeoutError as error:
            raise Unavailable("reports_busy") from error
        finally:
            self.waiting -= 1

    async def _set(self, report: Report) -> bytes:
        wanted = await asyncio.to_thread(json.dumps, {"template": report.template, "data": report.data})
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app.services.report_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=BACKEND,
        )
        try:
            pdf, complaint = await process.communicate(wanted.encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            # The complaint names places in our templates, never the data.
            log.error("report.failed", complaint=complaint.decode(errors="replace").strip().splitlines()[-1:])
            raise ReportFailed
        return pdf
