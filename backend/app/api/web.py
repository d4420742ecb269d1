"""The built web application at `/`; without a build, a page that says how to make one."""

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from app.core.config import Settings

NOT_BUILT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>360° Proctor</title></head><body>
<h1>360° Proctor</h1><p>The server runs; its web application has not been built yet. Run <code>make run</code> in the
repository (it builds it), or <code>make build</code> and reload this page. The API is described at
<a href="/docs">/docs</a>.</p>
<p lang="bn">সার্ভার চলছে; ওয়েব অ্যাপটি এখনো তৈরি করা হয়নি। রিপোজিটরিতে <code>make run</code> চালান, অথবা
<code>make build</code> চালিয়ে পাতাটি আবার খুলুন।</p></body></html>"""


def install(app: FastAPI, settings: Settings) -> None:
    """Serve the application's files and, for every address it routes itself, its first page. Call it last."""
    folder = settings.WEB_DIR
    app.mount("/assets", Assets(directory=folder / "assets", check_dir=False), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        wanted = (folder / path).resolve()
        if path and wanted.is_file() and wanted.is_relative_to(folder.resolve()):
            return FileResponse(wanted)
        return first_page(folder)


class Assets(StaticFiles):
    """Files whose names carry their content's hash: kept by browsers for good."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """As the parent's, never asked for again."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def first_page(folder: Path) -> Response:
    """The application's page, never cached: it names the assets of the newest build."""
    index = folder / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, 503)
    return FileResponse(index, headers={"Cache-Control": "no-cache"})
