"""Which questions one student gets, in which order: drawn once by the sitting's seed, the same on every server."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.questions import QuestionType


@dataclass(frozen=True, slots=True)
class Item:
    """A question as far as drawing needs it. `shuffle`: whether its options may change places at all."""

    id: int
    kind: QuestionType
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A section (id None: questions that belong to none) and its questions in the teacher's order."""

    id: int | None
    pool: int | None
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question of somebody's paper; `orders`: list in the body → ids in the order shown."""

    id: int
    orders: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """A section of somebody's paper."""

    id: int | None
    questions: list[DrawnQuestion]


def draw(parts: Sequence[Part], *, seed: str, shuffle_questions: bool, shuffle_options: bool) -> list[DrawnPart]:
    """One student's paper. A pool smaller than its section takes that many; without shuffling in the teacher's order.

    What is to be put in order, and what is to be matched, is always shuffled: shown in order it would be the answer.
    """
    chance = random.Random(seed)  # noqa: S311 - the same paper again, no secret
    drawn: list[DrawnPart] = []
    for part in parts:
        items = list(part.items)
        if part.pool is not None and part.pool < len(items):
            chosen = set(chance.sample(range(len(items)), part.pool))
            items = [item for place, item in enumerate(items) if place in chosen]
        if shuffle_questions:
            chance.shuffle(items)
        drawn.append(
            DrawnPart(part.id, [DrawnQuestion(one.id, _orders(one, chance, shuffle_options)) for one in items])
        )
    return drawn


def _orders(item: Item, chance: random.Random, shuffle_options: bool) -> dict[str, list[str]]:
    orders: dict[str, list[str]] = {}
    for name in ("options", "items", "targets"):
        ids = [choice["id"] for choice in item.body.get(name) or []]
        if not ids:
            continue
        if _must(item.kind, name):
            ids = _shuffled_anew(ids, chance)
        elif name == "options" and shuffle_options and item.body.get("shuffle", True):
            chance.shuffle(ids)
        orders[name] = ids
    return orders


def _must(kind: QuestionType, name: str) -> bool:
    return (kind is QuestionType.ORDERING and name == "items") or (kind is QuestionType.MATCHING and name == "targets")


def _shuffled_anew(ids: list[str], chance: random.Random) -> list[str]:
    """Another order than the given one."""
    shuffled = list(ids)
    chance.shuffle(shuffled)
    return shuffled if shuffled != ids or len(ids) < 2 else [*ids[1:], ids[0]]
