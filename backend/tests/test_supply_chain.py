"""T36: versions above the known holes, every file named by its hash, a list of all parts, no secret in the tree."""

import re
import secrets
import tomllib
from collections.abc import Iterator
from importlib.metadata import metadata, version
from platform import python_version

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from app.core.config import REPOSITORY
from tools.check_secrets import kept_files, secrets_in
from tools.sbom import HASH, PINNED, bill

BACKEND = REPOSITORY / "backend"
FLOORS = {
    "starlette": "1.3.1",
    "python-multipart": "0.0.27",
    "pyjwt": "2.12.0",
    "h11": "0.16.0",
    "websockets": "17.4",
    "uvicorn": "0.54.0",
    "defusedxml": "0.7.1",
}
"""Below these there are known holes (reliability.md §5)."""
AVOIDED = {"python-jose", "passlib", "pillow", "opencv-python", "requests", "redis"}
"""Holes, unmaintained, or not needed: whoever adds one of them thinks again."""


def pins(name: str = "requirements.txt") -> Iterator[tuple[str, Version, Marker | None]]:
    """What a lock file pins, and for which machines."""
    for line in (BACKEND / name).read_text().splitlines():
        if match := PINNED.match(line):
            marker = line.partition(";")[2].rstrip("\\ ")
            found = re.sub(r"[-_.]+", "-", match[1]).lower()
            yield found, Version(match[2]), Marker(marker) if marker.strip() else None


def locked() -> dict[str, Version]:
    """Of the machine we are on."""
    return {name: one for name, one, marker in pins() if marker is None or marker.evaluate()}


def test_no_version_with_a_known_hole() -> None:
    pinned = locked()
    assert {name: pinned[name] for name, floor in FLOORS.items() if pinned[name] < Version(floor)} == {}
    assert pinned["opencv-python-headless"].release[:2] not in {(4, 10), (4, 11)}
    assert AVOIDED & set(pinned) == set()


def test_pip_takes_every_locked_version_on_this_python() -> None:
    """uv, which compiles the lock and installs from it here, overlooks an upper bound on Python; pip refuses it."""
    known = {name: metadata(name) for name in locked()}
    asked = {name: one["Requires-Python"] for name, one in known.items() if "Requires-Python" in one}
    assert len(asked) > 50
    assert {name: one for name, one in asked.items() if not SpecifierSet(one).contains(python_version())} == {}


def test_what_is_declared_is_what_is_locked_and_what_is_locked_is_what_runs() -> None:
    """No lower version than these tests have run with is promised, as far as the major number says."""
    project = tomllib.loads((BACKEND / "pyproject.toml").read_text())["project"]
    pinned = locked()
    for text in project["dependencies"]:
        wanted = Requirement(text)
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        assert pinned[name] in wanted.specifier, name
        assert Version(version(name)) == pinned[name], name
        floors = [Version(one.version) for one in wanted.specifier if one.operator in (">=", "==")]
        assert floors, f"{name} has no lower bound"
        assert pinned[name].release[:1] == floors[0].release[:1], f"{name}: the bound is of another major version"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_file_is_named_by_its_hash(name: str) -> None:
    text = (BACKEND / name).read_text()
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if PINNED.match(block):
            assert HASH.search(block), block[:80]
    assert not re.search(r"^(-e|--index-url|--extra-index-url|git\+|https?:)", text, re.MULTILINE)


def test_the_bill_of_materials_names_every_part_once() -> None:
    made = bill()
    refs = [part["bom-ref"] for part in made["components"]]
    assert len(refs) == len(set(refs))
    python = {(part["name"], Version(part["version"])) for part in made["components"] if ":pypi/" in part["purl"]}
    assert python == {(name, one) for name, one, _ in pins()}
    web = [part for part in made["components"] if ":npm/" in part["purl"]]
    assert {"react", "@mantine/core"} <= {part["name"] for part in web}
    assert all(part["hashes"] and part["licenses"] for part in web)
    assert "vitest" not in {part["name"] for part in web}
    assert made == bill()


PLANTED = {
    "private key": lambda: "-----BEGIN EC " + "PRIVATE KEY-----\n" + secrets.token_hex(24),
    "AWS key": lambda: "AKIA" + "ABCDEFGH23456789",
    "GitHub token": lambda: "ghp_" + secrets.token_hex(18),
    "JWT": lambda: ".".join(("eyJ" + secrets.token_hex(10), "eyJ" + secrets.token_hex(10), secrets.token_hex(16))),
    "password in an address": lambda: "postgresql://exam:" + secrets.token_hex(8) + "@db.example.org/x",
    "a random value with a secret's name": lambda: "SECRET_KEY = '" + secrets.token_urlsafe(48) + "'",
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_secret_is_found(what: str) -> None:
    assert what in {kind for _, kind in secrets_in(f"x = 1\n{PLANTED[what]()}\n", "backend/app/x.py")}


def test_no_secret_is_in_the_tree() -> None:
    found = [f"{path}:{line}: {what}" for path, text in kept_files() for line, what in secrets_in(text, path)]
    assert found == []


def test_the_proof_names_tests_that_exist() -> None:
    """`docs/proof.md` says which test shows what; a test that was moved or removed must not go on being named."""
    web = REPOSITORY / "frontend"
    places = {"e2e": web, "src": web, "tests": BACKEND, "chaos": BACKEND, "tools": BACKEND}
    named = re.findall(
        r"`((?:\w+/)+[\w./*-]+\.ts|(?:\w+/)+[\w./*-]+\.py)", (REPOSITORY / "docs" / "proof.md").read_text()
    )
    assert len(named) > 50
    missing = [name for name in named if not [*places.get(name.split("/")[0], BACKEND / "tests").glob(name)]]
    assert missing == []
