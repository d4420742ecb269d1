"""A detector's graph for pictures of another height, so that black bars above and below them need not be computed.

Convolutions take any size, but a `.tflite` writes down what its enlargements lead to. Those numbers are the only thing
changed here, in the bytes that were verified; LiteRT works the other sizes out itself. The format is a FlatBuffer; its
published Python classes would cost a worker 50 MB, so the few fields that matter are read here.
"""

import struct
from collections.abc import Iterator
from fractions import Fraction

CODES, GRAPHS, BUFFERS = 1, 2, 4
TENSORS, OPERATORS = 0, 3
OLD_CODE, NEW_CODE = 0, 3
"""Fields of a model, of a graph, of an operator's code: their numbers in TFLite's schema."""
RESIZE_BILINEAR = 23


class Table:
    """A FlatBuffer's table at a place of the bytes."""

    def __init__(self, content: bytearray, place: int) -> None:
        self.content = content
        self.place = place

    def _number(self, place: int, code: str = "<I") -> int:
        return int(struct.unpack_from(code, self.content, place)[0])

    def field(self, number: int) -> int | None:
        """The place of a field; None where it is left out."""
        names = self.place - self._number(self.place, "<i")
        entry = 4 + 2 * number
        offset = self._number(names + entry, "<H") if entry < self._number(names, "<H") else 0
        return self.place + offset if offset else None

    def value(self, number: int, code: str = "<I") -> int:
        """A number; 0 where it is left out."""
        place = self.field(number)
        return 0 if place is None else self._number(place, code)

    def vector(self, number: int) -> tuple[int, int]:
        """The place of a vector's first entry and their count."""
        place = self.field(number)
        if place is None:
            return 0, 0
        begin = place + self._number(place)
        return begin + 4, self._number(begin)

    def tables(self, number: int) -> list["Table"]:
        """The tables of a vector."""
        begin, count = self.vector(number)
        places = range(begin, begin + 4 * count, 4)
        return [Table(self.content, place + self._number(place)) for place in places]

    def whole_numbers(self, number: int) -> list[int]:
        """A vector of int32."""
        begin, count = self.vector(number)
        return [self._number(begin + 4 * index, "<i") for index in range(count)]


def enlargements(model: Table) -> Iterator[int]:
    """Where the height that an enlargement leads to is written, once each."""
    codes = [max(code.value(OLD_CODE, "<b"), code.value(NEW_CODE, "<i")) for code in model.tables(CODES)]
    buffers = model.tables(BUFFERS)
    for graph in model.tables(GRAPHS):
        tensors = graph.tables(TENSORS)
        sizes = [
            operator.whole_numbers(1)[1]
            for operator in graph.tables(OPERATORS)
            if codes[operator.value(0)] == RESIZE_BILINEAR
        ]
        for number in sorted({tensors[size].value(2) for size in sizes}):
            yield buffers[number].vector(0)[0]


def with_height(content: bytes, share: Fraction) -> bytes:
    """The model with every enlargement leading to this share of its height."""
    changed = bytearray(content)
    model = Table(changed, struct.unpack_from("<I", changed)[0])
    for place in enlargements(model):
        height = struct.unpack_from("<i", changed, place)[0] * share
        if height.denominator != 1:
            raise ValueError("a height that cannot be had in whole pixels")
        struct.pack_into("<i", changed, place, int(height))
    return bytes(changed)
