"""Marks without a person: how much of a question an answer earns.

Texts are compared after NFC on both sides (ড় has two encodings that look alike), with white space folded; digits of
every script count as the same digits (১২৩ = 123).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.questions import BY_HAND, QuestionType

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\Z", re.IGNORECASE | re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?\Z", re.ASCII)
"""1,234,567 and, as in South Asia, 12,34,567."""
LONGEST_NUMBER = 64

Json = Mapping[str, Any]


def share(kind: QuestionType, key: Json, value: object) -> float | None:
    """How much of the full marks the answer earns, 0..1; None where a person must look. `value` None earns nothing."""
    if kind in BY_HAND:
        return None
    if is_empty(value):
        return 0.0
    if kind is QuestionType.MULTIPLE_CHOICE:
        return _chosen(key, value)
    if kind is QuestionType.FILL_IN:
        return _filled(key, value)
    if kind is QuestionType.MATCHING:
        return _matched(key, value)
    return 1.0 if _is_right(kind, key, value) else 0.0


def points(kind: QuestionType, key: Json, value: object, *, full: float, negative: float) -> float | None:
    """Marks for an answer: a wrong one costs `negative`, an empty one nothing. None where a person must look."""
    earned = share(kind, key, value)
    if earned is None:
        return None
    if earned <= 0.0 and not is_empty(value):
        return -negative
    return round(earned * full, 4)


def is_empty(value: object) -> bool:
    """Whether nothing was answered."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(is_empty(one) for one in value.values())
    return isinstance(value, list) and not value


def _is_right(kind: QuestionType, key: Json, value: object) -> bool:
    if kind is QuestionType.SINGLE_CHOICE:
        return bool(value == key["option"])
    if kind is QuestionType.TRUE_FALSE:
        return value is key["value"]
    if kind is QuestionType.ORDERING:
        return value == list(key["order"])
    if kind is QuestionType.NUMBER:
        return _close(key, str(value))
    return _accepted(str(value), key["accepted"], case_sensitive=bool(key.get("case_sensitive")))


def _chosen(key: Json, value: object) -> float:
    """All or nothing; with `partial` each right one earns its part and each wrong one takes a part away."""
    chosen = {str(one) for one in value} if isinstance(value, list) else set()
    right = {str(one) for one in key["options"]}
    if not key.get("partial"):
        return float(chosen == right)
    found = len(chosen & right) - len(chosen - right)
    return max(0, found) / max(1, len(right))


def _filled(key: Json, value: object) -> float:
    """Each blank earns its part."""
    words = value if isinstance(value, dict) else {}
    sensitive = bool(key.get("case_sensitive"))
    right = sum(
        _accepted(str(words.get(blank) or ""), accepted, case_sensitive=sensitive)
        for blank, accepted in key["blanks"].items()
    )
    return right / max(1, len(key["blanks"]))


def _matched(key: Json, value: object) -> float:
    """Each pair earns its part."""
    pairs = value if isinstance(value, dict) else {}
    right = sum(1 for item, target in key["pairs"].items() if pairs.get(item) == target)
    return right / max(1, len(key["pairs"]))


def _accepted(text: str, accepted: Sequence[str], *, case_sensitive: bool) -> bool:
    typed = folded(text, case_sensitive=case_sensitive)
    return bool(typed) and any(typed == folded(one, case_sensitive=case_sensitive) for one in accepted)


def folded(text: str, *, case_sensitive: bool = False) -> str:
    """What two texts must share to be the same answer. Joiners stay: in Bangla they make other words."""
    composed = plain_digits(unicodedata.normalize("NFC", text))
    words = " ".join(composed.split())
    return words if case_sensitive else unicodedata.normalize("NFC", words.casefold())


def plain_digits(text: str) -> str:
    """Digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def number_in(text: str) -> Decimal | None:
    """The number somebody typed, in digits of any script; None where it is none."""
    plain = plain_digits(unicodedata.normalize("NFKC", text)).strip().replace("−", "-").replace(" ", "")
    if len(plain) > LONGEST_NUMBER:
        return None
    if GROUPED.match(plain):
        plain = plain.replace(",", "")
    if not NUMBER.match(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _close(key: Json, text: str) -> bool:
    typed, wanted = number_in(text), Decimal(str(key["value"]))
    if typed is None:
        return False
    tolerance = Decimal(str(key.get("tolerance") or 0))
    room = tolerance * abs(wanted) if key.get("relative") else tolerance
    return abs(typed - wanted) <= room
