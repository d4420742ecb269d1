"""Options with percentages, as Moodle marks them, to and from our single and multiple choice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.services.question_formats.drafts import Content, Unreadable, choices

EXACT = 1.0
"""Moodle keeps thirds as 33.33333; so much may be missing."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """An option and its share of the points, in percent."""

    text: Mapping[str, str]
    weight: float


def choice_question(options: Sequence[Weighed], *, points: float, single: bool | None = None) -> Content:
    """Type, body and key; `single` where the file says it. Unreadable `weights_not_carried`.

    One right option of 100 % is single choice, where every wrong one costs the same. Several right ones that share
    the points are multiple choice: all or nothing where a wrong one costs everything, else each right one earns its
    part and each wrong one takes a part away.
    """
    made = choices([one.text for one in options])
    right = [choice["id"] for choice, one in zip(made, options, strict=True) if one.weight > 0]
    wrong = {one.weight for one in options if one.weight <= 0}
    full = [one.weight for one in options if one.weight > 0]
    body: Content = {"options": made}
    if single or (single is None and full == [100.0] and not wrong & {-100.0}):
        if full != [100.0] or len(wrong) > 1:
            raise Unreadable("weights_not_carried")
        costs = from_percent(-min(wrong, default=0.0), points)
        found: Content = {"type": "single_choice", "body": body, "key": {"option": right[0]}}
        return found | {"negative_points": costs} if costs else found
    if not right:
        raise Unreadable("question_without_key", part="options")
    if any(abs(weight - 100 / len(right)) > EXACT for weight in full):
        raise Unreadable("weights_not_carried")
    partial = not (wrong and max(wrong) <= -100 + EXACT)
    return {"type": "multiple_choice", "body": body, "key": {"options": right, "partial": partial}}


def from_percent(percent: float, points: float) -> float:
    """So much of the points."""
    return float(f"{percent * points / 100:.12g}")


def in_percent(part: float, points: float) -> float:
    """As Moodle keeps it."""
    return round(part / points * 100, 5) if points else 0.0


def weights_of(question: Content, *, negative: bool = False) -> Iterator[tuple[Mapping[str, Any], float]]:
    """Each option with its percentage. `negative`: whether the format knows points, and so what a wrong one costs."""
    body, key = question["body"], question["key"]
    if question["type"] == "single_choice":
        costs = in_percent(question["negative_points"], question["points"]) if negative else 0.0
        for option in body["options"]:
            yield option, 100.0 if option["id"] == key["option"] else -costs
        return
    part = round(100 / len(key["options"]), 5)
    for option in body["options"]:
        yield option, part if option["id"] in key["options"] else -part if key.get("partial") else -100.0
