"""The built web applications: staff at `/`, students at `/room`; without a build, a page that says how to make one."""

import mimetypes
import os
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from app.core.config import Settings

NOT_BUILT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>360° Proctor</title></head><body>
<h1>360° Proctor</h1><p>The server runs; its web application has not been built yet. Run <code>make run</code> in the
repository (it builds it), or <code>make build</code> and reload this page. The API is described at
<a href="/docs">/docs</a>.</p>
<p lang="bn">সার্ভার চলছে; ওয়েব অ্যাপটি এখনো তৈরি করা হয়নি। রিপোজিটরিতে <code>make run</code> চালান, অথবা
<code>make build</code> চালিয়ে পাতাটি আবার খুলুন।</p></body></html>"""

STAFF, STUDENTS = "index.html", "exam.html"
"""First pages: each application routes the addresses below its own by itself."""
FRESH = {"Cache-Control": "no-cache"}
ASKED_AGAIN = frozenset({STAFF, STUDENTS, "room-worker.js", "room.webmanifest", "sound-gate.js"})
"""Names that stay the same from build to build. The service worker lies at the root: its scope is where it lies."""
CODINGS = (("br", ".br"), ("gzip", ".gz"))
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
TYPES = {"room.webmanifest": "application/manifest+json"}


def install(app: FastAPI, settings: Settings) -> None:
    """Serve the application's files and, for every address it routes itself, its first page. Call it last."""
    folder = settings.WEB_DIR
    app.mount("/assets", Assets(directory=folder / "assets", check_dir=False), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    def page(request: Request, path: str) -> Response:
        wanted = (folder / path).resolve()
        if path and wanted.is_file() and wanted.is_relative_to(folder.resolve()) and not hidden(path):
            kind = TYPES.get(path) or mimetypes.guess_type(path)[0]
            return compressed(request.headers, wanted, kind, FRESH if path in ASKED_AGAIN else {})
        name = STUDENTS if path == "room" or path.startswith("room/") else STAFF
        return first_page(request.headers, folder, name)


class Assets(StaticFiles):
    """Files whose names carry their content's hash: kept by browsers for good."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """As the parent's, compressed where the build has done so and the browser reads it; never asked for again."""
        parent = super().file_response(full_path, stat_result, scope, status_code)
        if parent.status_code != 200:
            return parent
        kind = mimetypes.guess_type(str(full_path))[0]
        return compressed(Headers(scope=scope), Path(full_path), kind, FOR_GOOD)


def compressed(asked: Headers, path: Path, kind: str | None, headers: Mapping[str, str]) -> Response:
    """A file, in the smallest form that the build has left beside it and the browser accepts."""
    accepted = {word.split(";")[0].strip() for word in asked.get("accept-encoding", "").split(",")}
    for coding, ending in ((name, ending) for name, ending in CODINGS if name in accepted):
        packed = path.with_name(path.name + ending)
        if packed.is_file():
            also = {"Content-Encoding": coding, "Vary": "Accept-Encoding"}
            return FileResponse(packed, media_type=kind, headers={**headers, **also})
    return FileResponse(path, media_type=kind, headers={**headers, "Vary": "Accept-Encoding"})


def hidden(path: str) -> bool:
    """What the build leaves for its own tools."""
    return any(part.startswith(".") for part in Path(path).parts)


def first_page(asked: Headers, folder: Path, name: str) -> Response:
    """An application's page, never cached: it names the assets of the newest build."""
    index = folder / name
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, 503)
    return compressed(asked, index, "text/html", FRESH)
