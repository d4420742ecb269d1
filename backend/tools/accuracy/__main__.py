"""`make accuracy`: every page's measurement in one go, two at a time; what is finished is not run again.

What each page prints is kept in backend/.accuracy/<commit>/<page>.txt, so that a run that was stopped goes on with the
pages that are missing. With local changes nothing is reused.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

KEPT = Path(__file__).resolve().parents[2] / ".accuracy"
FIRST = "kinds"
"""Uses every core by itself, and writes docs/accuracy.md and app/ai/error_rates.json."""
PAGES = ("postures", "presence", "objects", "blind", "sound", "identity", "gaze", "mouths", "persons", "faces")
"""The longest first; each is one core's work."""


def said(*command: str) -> str:
    """What a git command prints."""
    git = shutil.which("git") or "git"
    return subprocess.run([git, *command], capture_output=True, text=True, check=True).stdout.strip()


def folder() -> Path:
    """Where this commit's outputs lie; emptied where the tree has changes that no commit names."""
    place = KEPT / said("rev-parse", "--short", "HEAD")
    if said("status", "--porcelain", "--untracked-files=no", "--", "app", "tools", ":!app/ai/error_rates.json"):
        shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    return place


def run(page: str, place: Path, *options: str) -> bool:
    """Run one page's command, unless its output is there; whether it ended well."""
    done, going = place / f"{page}.txt", place / f"{page}.part"
    if done.is_file():
        print(f"{page}: done before", flush=True)
        return True
    begin = time.monotonic()
    print(f"{page}: begins", flush=True)
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with going.open("w") as out:
        command = [sys.executable, "-m", f"tools.accuracy.{page}", *options]
        code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, env=environment, check=False).returncode
    if code == 0:
        going.rename(done)
    print(
        f"{page}: {'done' if code == 0 else f'FAILED ({code}), see {going}'}, {time.monotonic() - begin:.0f} s",
        flush=True,
    )
    return code == 0


def main() -> int:
    """Run what is missing, print all outputs; 1 when a page failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=(FIRST, *PAGES), help="these pages (default: all)")
    parser.add_argument("--quiet", action="store_true", help="do not print the pages' outputs at the end")
    options = parser.parse_args()
    wanted, place = options.only or (FIRST, *PAGES), folder()
    kept = place / FIRST
    kept.mkdir(exist_ok=True)
    well = [run(FIRST, place, "--write", "--keep", str(kept))] if FIRST in wanted else []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        well += pool.map(lambda page: run(page, place), [page for page in PAGES if page in wanted])
    for page in (FIRST, *PAGES):
        text = place / f"{page}.txt"
        if not options.quiet and page in wanted and text.is_file():
            print(f"\n== {page}\n{text.read_text()}")
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
