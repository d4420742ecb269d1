"""The committed model files: what they are (manifest.toml) and that nobody changed them (sha256)."""

import hashlib
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

MODELS_FOLDER = Path(__file__).parent / "models"
MANIFEST_NAME = "manifest.toml"


class ModelRefused(Exception):
    """A model file is missing, changed or not described; `code` is stable, `model` is the file's name."""

    def __init__(self, code: str, model: str) -> None:
        super().__init__(f"{code}: {model}")
        self.code = code
        self.model = model


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One entry of the manifest. `input` and `answers` are prose for people; `sha256` is checked before loading.

    `role` names what the server uses the model for where that can be chosen (`objects`, `identity`). For `objects`,
    `decoder` says how its answers are read (app/ai/object_network.py) and `labels` is `coco80` or the classes' names;
    `input_range` is what 0..255 becomes for float inputs ("0..255" or "-1..1", "0..1"). With a `wide_height` a picture
    that fits into this height is shown to the network without the rest of its square (app/ai/graph_shape.py).
    """

    name: str
    file: str
    package: str
    version: str
    path: str
    sha256: str
    licence: str
    input: str
    answers: str
    role: str = ""
    decoder: str = ""
    labels: str | list[str] = ""
    input_range: str = "0..255"
    wide_height: int = 0


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """The outcome for one model: `problem` is None when the file is exactly what the manifest says."""

    card: ModelCard
    size: int
    problem: str | None

    def as_dict(self) -> dict[str, str | int | bool | list[str] | None]:
        """Plain JSON for `proctor models verify --json`."""
        return {**asdict(self.card), "bytes": self.size, "ok": self.problem is None, "problem": self.problem}


def read_manifest(folder: Path = MODELS_FOLDER) -> dict[str, ModelCard]:
    """Model name → card. Raises ModelRefused when the manifest is missing or cannot be understood."""
    try:
        data = tomllib.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
        return {name: ModelCard(name=name, **entry) for name, entry in data["models"].items()}
    except FileNotFoundError as error:
        raise ModelRefused("manifest_missing", MANIFEST_NAME) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ModelRefused("manifest_unreadable", MANIFEST_NAME) from error


def problem_of(card: ModelCard, content: bytes | None) -> str | None:
    """`model_missing`, `model_changed`, or None when all is well."""
    if content is None:
        return "model_missing"
    return None if hashlib.sha256(content).hexdigest() == card.sha256 else "model_changed"


def read_file(path: Path) -> bytes | None:
    """The file's bytes, or None where there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def check_models(folder: Path = MODELS_FOLDER) -> list[ModelCheck]:
    """Check every model of the manifest, in its order; also reports model files the manifest does not name."""
    cards = read_manifest(folder)
    checks = []
    for card in cards.values():
        content = read_file(folder / card.file)
        checks.append(ModelCheck(card, len(content or b""), problem_of(card, content)))
    known = {card.file for card in cards.values()}
    for stray in sorted(folder.glob("*.tflite")):
        if stray.name not in known:
            unknown = ModelCard(stray.stem, stray.name, "", "", "", "", "", "", "")
            checks.append(ModelCheck(unknown, stray.stat().st_size, "model_not_in_manifest"))
    return checks


def verified(name: str, folder: Path = MODELS_FOLDER) -> bytes:
    """The bytes of one model, checked; what is returned is what was hashed, so the file cannot change in between."""
    card = read_manifest(folder).get(name)
    if card is None:
        raise ModelRefused("model_not_in_manifest", name)
    content = read_file(folder / card.file)
    problem = problem_of(card, content)
    if content is None or problem is not None:
        raise ModelRefused(problem or "model_missing", card.file)
    return content


def names_for(role: str, folder: Path = MODELS_FOLDER) -> tuple[str, ...]:
    """The names of the models that have this role, in the manifest's order; raises ModelRefused when there is none."""
    names = tuple(card.name for card in read_manifest(folder).values() if card.role == role)
    if not names:
        raise ModelRefused("role_without_model", role)
    return names


def name_for(role: str, folder: Path = MODELS_FOLDER) -> str:
    """The name of the one model that has this role; raises ModelRefused when there is none or more than one."""
    names = names_for(role, folder)
    if len(names) != 1:
        raise ModelRefused("role_with_two_models", role)
    return names[0]


def verify_all(folder: Path = MODELS_FOLDER) -> None:
    """Raise ModelRefused for the first model that is not as the manifest says; called before anything starts."""
    for check in check_models(folder):
        if check.problem is not None:
            raise ModelRefused(check.problem, check.card.file)
