"""Writes a list of everything the product is built from (CycloneDX 1.6) out of the lock files, without the network.

sbom.py bom.json
"""

import argparse
import base64
import hashlib
import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
ALGORITHMS = {"sha512": "SHA-512", "sha256": "SHA-256", "sha384": "SHA-384", "sha1": "SHA-1"}


def bill(root: Path = ROOT) -> dict[str, Any]:
    """The whole document; the same locks give the same document."""
    parts = [*python_parts(root / "backend" / "requirements.txt"), *web_parts(root / "frontend" / "package-lock.json")]
    project = tomllib.loads((root / "backend" / "pyproject.toml").read_text())["project"]
    content = json.dumps(parts, sort_keys=True).encode()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=hashlib.sha256(content).digest()[:16], version=4)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": parts,
    }


def python_parts(lock: Path) -> Iterator[dict[str, Any]]:
    """What the server installs; a file has many hashes, one for each platform it may come for."""
    part: dict[str, Any] | None = None
    for line in lock.read_text().splitlines():
        if match := PINNED.match(line):
            if part is not None:
                yield part
            name = re.sub(r"[-_.]+", "-", match[1]).lower()
            part = _part(name, match[2], f"pkg:pypi/{name}@{match[2]}")
        for digest in HASH.findall(line):
            if part is not None:
                files = part.setdefault("properties", [])
                files.append({"name": "proctor:allowed-sha256", "value": digest})
    if part is not None:
        yield part


def web_parts(lock: Path) -> Iterator[dict[str, Any]]:
    """What the web application is built from, development tools left out."""
    seen = set()
    for place, said in json.loads(lock.read_text())["packages"].items():
        if not place or said.get("dev") or said.get("devOptional") or said.get("link"):
            continue
        name = said.get("name") or place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40', 1)}@{said['version']}"
        if purl in seen:
            continue
        seen.add(purl)
        part = _part(name, said["version"], purl)
        if "integrity" in said:
            kind, _, value = said["integrity"].split()[0].partition("-")
            part["hashes"] = [{"alg": ALGORITHMS[kind], "content": base64.b64decode(value).hex()}]
        if isinstance(said.get("license"), str):
            part["licenses"] = [{"expression": said["license"]}]
        yield part


def _part(name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def main() -> None:
    """Write it where it is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    wanted = parser.parse_args()
    made = bill()
    wanted.file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    print(f"{wanted.file}: {len(made['components'])} components")


if __name__ == "__main__":
    main()
