"""Checks files: the first line says what for, neither file nor function is too long, the name says something.

Not looked at: generated files (`*.gen.ts`) and migrations.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LARGEST_TOGETHER = {"backend/app/[sw]*s/seed_*.py": 400, "backend/app/[sw]*s/family_*.py": 800}
"""What must stay small as a whole: dialects translate, and whoever needs more room is deciding something."""
EMPTY_NAMES = re.compile(
    r"(^|[-_.])(utils?|helpers?|commons?|managers?|enhanced|advanced|v2|misc)([-_.]|$)", re.IGNORECASE
)
PYTHON = ("backend/app", "backend/chaos", "backend/tests", "backend/tools")
WEB = ("frontend/src", "frontend/e2e", "frontend/tools")
WEB_ENDINGS = {".ts", ".tsx", ".mjs"}


def main() -> int:
    """Print every complaint; the exit status."""
    complaints = [
        *(complaint for folder in PYTHON for path in files(folder, {".py"}) for complaint in about_python(path)),
        *(complaint for folder in WEB for path in files(folder, WEB_ENDINGS) for complaint in about_web(path)),
    ]
    complaints += about_together()
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


def about_together() -> Iterator[str]:
    """What is too long together."""
    for pattern, most in LARGEST_TOGETHER.items():
        lines = sum(path.read_text().count("\n") for path in ROOT.glob(pattern))
        if lines > most:
            yield f"{pattern}: {lines} lines together, {most} are allowed"


def files(folder: str, endings: set[str]) -> Iterator[Path]:
    """Files of ours below `folder`."""
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in endings and path.is_file() and ".gen." not in path.name and "node_modules" not in path.parts:
            yield path


def about_python(path: Path) -> Iterator[str]:
    """What is wrong with a Python file."""
    text = path.read_text()
    yield from about_any(path, text)
    tree = ast.parse(text)
    if text.strip() and ast.get_docstring(tree) is None:
        yield f"{name_of(path)}:1: no first line that says what the file is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{name_of(path)}:{node.lineno}: {node.name} has {length} lines, {LONGEST_FUNCTION} are allowed"


def about_web(path: Path) -> Iterator[str]:
    """What is wrong with a TypeScript file."""
    text = path.read_text()
    yield from about_any(path, text)
    if not text.lstrip().startswith(("//", "/*")):
        yield f"{name_of(path)}:1: no first line that says what the file is for"


def about_any(path: Path, text: str) -> Iterator[str]:
    """What is wrong with any file."""
    lines = text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{name_of(path)}: {lines} lines, {LONGEST_FILE} are allowed"
    if EMPTY_NAMES.search(path.stem):
        yield f"{name_of(path)}: the name says nothing; name the thing"


def name_of(path: Path) -> str:
    """The path as people write it."""
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
