"""U06: a text that is cut ends between two letters as people see them."""

import pytest

from app.domain.graphemes import cut

JOINED = "ক্ষ"
FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc"),
        (f"আ{JOINED}র", 2, "আ"),
        (f"আ{JOINED}র", 3, "আ"),
        (f"আ{JOINED}র", 4, f"আ{JOINED}"),
        ("আকো", 2, "আ"),
        ("xe\u0301z", 2, "x"),
        (f"a{FAMILY}b", 3, "a"),
        ("🇧🇩🇧🇩", 3, "🇧🇩"),
        ("a👍🏽!", 2, "a"),
        ("আর\u200d্যক", 3, "আ"),
    ],
)
def test_no_letter_is_cut_in_half(text: str, most: int, expected: str) -> None:
    assert cut(text, most) == expected


def test_what_never_ends_is_cut_all_the_same() -> None:
    zalgo = "a" + "\u0301" * 5000
    assert len(cut(zalgo, 200)) == 200
    assert cut("\u0301" * 300, 100) == "\u0301" * 100
