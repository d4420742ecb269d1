"""A few seconds of `make fuzz`, the same every time: strangers' bytes are taken or refused with a code (P16, C)."""

from itertools import islice

import pytest

from tools.fuzz_bytes import TARGETS, Target, cases, complaint

HOW_MANY = {"frame": 1500, "message": 1500, "sound": 800, "table": 80, "questions": 300}
OTHERS = 60


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_good_samples_are_taken_and_mutated_ones_do_no_harm(target: Target) -> None:
    for sample in target.samples():
        assert complaint(target, sample) is None
    for number, data in enumerate(islice(cases(target, 7), HOW_MANY.get(target.name, OTHERS))):
        assert complaint(target, data) is None, f"case {number}: {data[:200]!r}"
