"""Verifies a bundle with nothing but the bundle and the public key: no database, no server, no master key."""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from app.core.signing import Verifier
from app.core.strict_zip import NotStrict, check_strict
from app.core.time_stamps import TimeStampError, read_stamp
from app.domain.canonical import canonical
from app.domain.custody import Item, Kind, Link, broken_links, differing_items, is_erased, manifest_problems
from app.services.custody_bundle import BUNDLE, CONTENT, FORMATS, PIECES, SEAL, piece_name
from app.services.custody_seal import MANIFEST

HEX_KEY = 64
WITHOUT_STAMPS = 2
"""The newest format that had none."""


@dataclass(slots=True)
class Verified:
    """What was found; `problems` empty means that nothing was changed."""

    exam_session_id: int = 0
    links: int = 0
    manifests: int = 0
    items: int = 0
    pieces: int = 0
    stamps: int = 0
    stamped_at: str | None = None
    """The moment that an outside authority gives for the newest of them; only where its certificates were given."""
    erased: bool = False
    problems: list[str] = field(default_factory=list)


class _Bad(Exception):
    """Not what a bundle looks like."""


def verify_bundle(path: Path, verifier: Verifier, authority: Sequence[Certificate] = ()) -> Verified:
    """Everything that can be known of a bundle. A file that is no bundle at all is one more problem.

    Time-stamps are checked against the certificates of their authority; without them only that they are of this chain.
    """
    found = Verified()
    try:
        names = check_strict(path)
        with zipfile.ZipFile(path) as archive:
            text, seal = archive.read(CONTENT), archive.read(SEAL)
            content = _parsed(text)
            found.problems += _seal_problems(_parsed(seal), text, content, verifier)
            _look_at(content, verifier, found)
            found.problems += _stamp_problems(content, authority, found)
            found.problems += _piece_problems(archive, names, content, found)
    except NotStrict:
        found.problems.append("this is not a bundle as the server wrote it")
    except _Bad as error:
        found.problems.append(str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        found.problems.append(f"the bundle is not readable: {type(error).__name__}")
    return found


def _parsed(text: bytes) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict) or canonical(value) != text:
        raise _Bad("the bundle is not written as the server writes it")
    return value


def _seal_problems(seal: Mapping[str, Any], text: bytes, content: Mapping[str, Any], verifier: Verifier) -> list[str]:
    statement = seal["statement"]
    if not verifier.holds(BUNDLE, canonical(statement), seal["signature"], statement["key"]):
        return ["the bundle's signature does not hold"]
    if statement["bundle"] != hashlib.sha256(text).hexdigest():
        return ["the bundle is not the one that was signed"]
    newest, chain = statement["journal"], content["chain"]
    if newest is None:
        return []
    reached = newest["count"] <= len(chain) and chain[newest["count"] - 1][5] == newest["head"]
    if newest["exam_session_id"] != content["exam_session_id"] or not reached:
        return ["the chain once reached further than it does now: its end was cut off"]
    return [] if newest["number"] <= len(content["manifests"]) else ["a manifest is missing at the end"]


def _look_at(content: Mapping[str, Any], verifier: Verifier, found: Verified) -> None:
    if content["format"] not in FORMATS:
        raise _Bad(f"format {content['format']} is not known to this version")
    found.exam_session_id = content["exam_session_id"]
    links = [Link(*row) for row in content["chain"]]
    found.links, found.manifests = len(links), len(content["manifests"])
    found.problems += broken_links(found.exam_session_id, links)
    found.problems += _manifest_problems(content["manifests"], found.exam_session_id, links, verifier)
    found.erased = is_erased(links)
    if content["erased"] != found.erased:
        raise _Bad("the bundle says of itself what its chain does not")
    items = [Item(Kind(kind), subject, value) for kind, subject, value in content["items"]]
    found.items = len(items)
    if found.erased:
        if items or content["key"] is not None:
            found.problems.append("there are things of a sitting that was erased")
        return
    key = bytes.fromhex(content["key"])
    if len(content["key"]) != HEX_KEY:
        raise _Bad("the bundle has no key")
    found.problems += differing_items(links, items, key)


def _manifest_problems(
    manifests: Sequence[Sequence[str]], exam_session_id: int, links: Sequence[Link], verifier: Verifier
) -> list[str]:
    statements = []
    for number, (text, signature) in enumerate(manifests, start=1):
        statement = _parsed(text.encode())
        if not verifier.holds(MANIFEST, text.encode(), signature, statement["key"]):
            return [f"the signature of manifest {number} does not hold"]
        statements.append(statement)
    return manifest_problems(statements, exam_session_id, links)


def _stamp_problems(content: Mapping[str, Any], authority: Sequence[Certificate], found: Verified) -> list[str]:
    for number, answer in content["stamps"] if content["format"] > WITHOUT_STAMPS else ():
        found.stamps += 1
        try:
            statement = content["manifests"][number - 1][0] if number > 0 else ""
            stamp = read_stamp(bytes.fromhex(answer), statement.encode(), authority)
        except TimeStampError as error:
            return [f"the time-stamp of manifest {number} does not hold: {error}"]
        found.stamped_at = stamp.at.isoformat() if authority else None
    if authority and not found.stamps:
        return ["no outside authority has dated it"]
    return []


def _piece_problems(
    archive: zipfile.ZipFile, names: Sequence[str], content: Mapping[str, Any], found: Verified
) -> list[str]:
    wanted = {piece_name(subject): value["sha256"] for kind, subject, value in content["items"] if kind in PIECES}
    problems = [f"{name} belongs to nothing" for name in names if name not in (*wanted, CONTENT, SEAL)]
    for name, sha256 in wanted.items():
        if name not in names:
            problems.append(f"{name} is missing or was damaged")
            continue
        found.pieces += 1
        with archive.open(name) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:  # type: ignore[arg-type]
                problems.append(f"{name} is not what was kept")
    return problems
