"""Every violation kind and neutral state has its words in every language."""

import json
from pathlib import Path

import pytest

from app.domain.violations import NeutralState, ViolationKind

LOCALES = Path(__file__).resolve().parents[3] / "locales"


@pytest.mark.parametrize("language", ["en", "bn"])
def test_every_kind_and_state_has_words(language: str) -> None:
    violations = json.loads((LOCALES / language / "violations.json").read_text(encoding="utf-8"))
    states = json.loads((LOCALES / language / "states.json").read_text(encoding="utf-8"))
    assert set(violations) >= {f"{kind}.{part}" for kind in ViolationKind for part in ("name", "description")}
    assert set(states) >= {f"{state}.{part}" for state in NeutralState for part in ("name", "advice")}
