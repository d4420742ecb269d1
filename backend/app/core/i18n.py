"""Texts in the reader's language, from `locales/<language>/<catalogue>.json`."""

import json
from collections.abc import Mapping
from functools import cache
from typing import cast

from app.core.config import REPOSITORY
from app.domain.roles import Language

LOCALES = REPOSITORY / "locales"
LONGEST_HEADER = 200
BANGLA_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")

Value = str | int | float


def text(catalogue: str, key: str, language: Language, params: Mapping[str, Value] | None = None) -> str:
    """The text of `key` with its placeholders filled; in Bangla numbers get Bangla digits.

    A text missing in the language is given in English, one missing there too as its key: never an error.
    """
    template = _texts(catalogue, language).get(key) or _texts(catalogue, Language.ENGLISH).get(key) or key
    filled = template
    for name, value in (params or {}).items():
        filled = filled.replace("{" + name + "}", _shown(value, language))
    return filled


def negotiate(header: str | None) -> Language | None:
    """The best of our languages in an Accept-Language header; None when it names none of them."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate((header or "")[:LONGEST_HEADER].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        short = tag.strip().split("-")[0].lower()
        weight = _quality(quality)
        if short in (Language.ENGLISH, Language.BANGLA) and weight > 0:
            wanted.append((-weight, place, Language(short)))
    return min(wanted)[2] if wanted else None


def _quality(text: str) -> float:
    if not text:
        return 1.0
    try:
        return min(float(text), 1.0)
    except ValueError:
        return 0.0


def _shown(value: Value, language: Language) -> str:
    shown = str(value)
    if language == Language.BANGLA and not isinstance(value, str):
        return shown.translate(BANGLA_DIGITS)
    return shown


@cache
def _texts(catalogue: str, language: Language) -> Mapping[str, str]:
    try:
        content = (LOCALES / language / f"{catalogue}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return cast("dict[str, str]", json.loads(content))
