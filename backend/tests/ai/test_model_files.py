"""Models are what the manifest says, or nothing starts."""

import shutil
from pathlib import Path

import pytest

from app.ai.model_files import MODELS_FOLDER, ModelRefused, check_models, read_manifest, verified, verify_all
from app.ai.pipeline import Pipeline


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the models that may be damaged."""
    return Path(shutil.copytree(MODELS_FOLDER, tmp_path / "models"))


def test_the_committed_models_are_good() -> None:
    checks = check_models()
    assert len(checks) >= 6
    assert all(check.problem is None for check in checks)


def test_every_model_says_where_it_is_from() -> None:
    for card in read_manifest().values():
        assert all((card.package, card.version, card.path, card.licence, card.input, card.answers))
        assert len(card.sha256) == 64
    assert (MODELS_FOLDER / "LICENSE-mediapipe.txt").is_file()


def test_one_changed_byte_refuses_to_start(folder: Path) -> None:
    path = folder / "face_landmark.tflite"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelRefused, match="model_changed") as refused:
        Pipeline(folder)
    assert refused.value.model == "face_landmark.tflite"


def test_a_missing_a_stray_and_an_unknown_model(folder: Path) -> None:
    (folder / "more.tflite").write_bytes(b"?")
    with pytest.raises(ModelRefused, match="model_not_in_manifest"):
        verify_all(folder)
    (folder / "more.tflite").unlink()
    (folder / "iris_landmark.tflite").unlink()
    with pytest.raises(ModelRefused, match="model_missing"):
        verify_all(folder)
    with pytest.raises(ModelRefused, match="model_not_in_manifest"):
        verified("phone", folder)


@pytest.mark.parametrize("text", ["", "models = 3", "[models.x]\nfile = 'x'", "\x00"])
def test_an_unreadable_manifest(folder: Path, text: str) -> None:
    (folder / "manifest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelRefused, match="manifest_unreadable"):
        verify_all(folder)
    (folder / "manifest.toml").unlink()
    with pytest.raises(ModelRefused, match="manifest_missing"):
        verify_all(folder)
