"""Texts: the same keys and placeholders in both languages, and every error code has one."""

import ast
import json
import re
from pathlib import Path

import pytest

import app
from app.core.i18n import LOCALES, negotiate, text
from app.domain.roles import Language

CATALOGUES = sorted(path.name for path in (LOCALES / "en").glob("*.json"))
ERRORS = ("ProctorError", "Unauthenticated", "Forbidden", "Missing", "Conflict", "Invalid", "TooMany", "Unavailable")


def flat(texts: dict[str, object], prefix: str = "") -> dict[str, str]:
    """Nested groups as dotted keys."""
    found: dict[str, str] = {}
    for key, value in texts.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: str(value)}
    return found


@pytest.mark.parametrize("name", CATALOGUES)
def test_both_languages_have_the_same_keys_and_placeholders(name: str) -> None:
    english, bangla = (
        flat(json.loads((LOCALES / language / name).read_text(encoding="utf-8"))) for language in ("en", "bn")
    )
    assert english.keys() == bangla.keys()
    for key, words in english.items():
        holes = sorted(set(re.findall(r"\{+\w+\}+", words)))
        assert sorted(set(re.findall(r"\{+\w+\}+", bangla[key]))) == holes, key
        assert "<" not in words + bangla[key], key


def test_every_code_that_is_raised_has_a_text() -> None:
    known = json.loads((LOCALES / "en" / "errors.json").read_text(encoding="utf-8"))
    raised = set()
    for path in Path(app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                raised |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    assert raised - known.keys() == set()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, None),
        ("", None),
        ("bn", Language.BANGLA),
        ("bn-BD,xx;q=abc", Language.BANGLA),
        ("en;q=0.5, bn;q=0.9", Language.BANGLA),
        ("fr, en-GB;q=0.1", Language.ENGLISH),
        ("fr", None),
        ("bn;q=0", None),
        ("*", None),
        ("bn;q=nan", None),
        ("x" * 8192 + ",bn", None),
    ],
)
def test_accept_language(header: str | None, language: Language | None) -> None:
    assert negotiate(header) is language


def test_numbers_get_bangla_digits_but_names_do_not() -> None:
    assert "১৫" in text("errors", "password_too_short", Language.BANGLA, {"min": 15})
    assert "1a" in text("errors", "json_invalid", Language.BANGLA, {"reason": "1a"})


def test_a_missing_text_is_its_key() -> None:
    assert text("errors", "no_such_code", Language.BANGLA) == "no_such_code"
    assert text("no_such_catalogue", "key", Language.BANGLA) == "key"
