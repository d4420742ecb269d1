"""A reference made of several pictures: they must agree with each other before anybody is compared with them."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

WANTED = 4
"""Pictures a reference is averaged from."""
AGREE = 0.75
"""Cosine that any two of them must reach: pictures of one person seconds apart have 0.85 and more."""
Numbers = tuple[float, ...]


def numbers_of(template: bytes) -> Numbers:
    """float16 → numbers."""
    return struct.unpack(f"<{len(template) // 2}e", template)


def cosine(one: Numbers, other: Numbers) -> float:
    """−1..1."""
    length = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / length if length else 0.0


def mean_template(templates: Sequence[bytes]) -> bytes:
    """Their mean, of length 1."""
    columns = [sum(column) for column in zip(*map(numbers_of, templates), strict=True)]
    length = math.hypot(*columns) or 1.0
    return struct.pack(f"<{len(columns)}e", *(value / length for value in columns))


@dataclass(slots=True)
class Enrolment:
    """Collects pictures of one person; one that does not fit makes it begin again with that one."""

    templates: list[bytes] = field(default_factory=list)

    def offer(self, template: bytes) -> bytes | None:
        """One more picture; the reference, once there are enough that agree."""
        known = [numbers_of(one) for one in self.templates]
        fresh = numbers_of(template)
        if any(cosine(one, fresh) < AGREE for one in known):
            self.templates = []
        self.templates.append(template)
        if len(self.templates) < WANTED:
            return None
        return mean_template(self.templates)
