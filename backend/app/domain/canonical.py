"""One way to write a value down as bytes, so that equal values have equal hashes, whatever they went through. Pure."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

LONGEST_WHOLE = 400
"""Digits up to which a whole number is written out."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces. A number is the same as float, as integer, and back from a database."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return json.dumps(value.astimezone(UTC).isoformat(timespec="microseconds"))
    if isinstance(value, dict):
        pairs = sorted((str(key), child) for key, child in value.items())
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_text(child)}" for key, child in pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(type(value).__name__)


def _number(value: float | Decimal) -> str:
    sign, digits, exponent = Decimal(repr(value) if isinstance(value, float) else value).as_tuple()
    if not isinstance(exponent, int):
        raise TypeError("not a finite number")
    figures = "".join(map(str, digits)).lstrip("0")
    plain = figures.rstrip("0")
    exponent += len(figures) - len(plain)
    if not plain:
        return "0"
    minus = "-" if sign else ""
    if 0 <= exponent <= LONGEST_WHOLE - len(plain):
        return minus + plain + "0" * exponent
    return f"{minus}{plain}e{exponent}"
