"""Where a text may be cut without leaving half a letter: ক্ষ is one letter of three code points (U06). Pure."""

import unicodedata

JOINER = "\u200d"
NON_JOINER = "\u200c"
VIRAMA_CLASS = 9
"""Combining class of the signs that tie the next consonant to the one before, in Bangla and its relatives."""
LATER = frozenset({"Mn", "Mc", "Me"})
SELECTORS = range(0xFE00, 0xFE10)
SKIN_TONES = range(0x1F3FB, 0x1F400)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
LONGEST = 64
"""Code points of one letter beyond which it is none, but somebody playing: then it is cut anywhere."""


def cut(text: str, most: int) -> str:
    """The beginning of a text, at most so many code points, ending between two letters as people see them."""
    if len(text) <= most:
        return text
    end = most
    while end > 0 and most - end < LONGEST and _belongs_to_what_is_before(text, end):
        end -= 1
    return text[: end if end > 0 and most - end < LONGEST else most]


def _belongs_to_what_is_before(text: str, place: int) -> bool:
    """Whether the character at `place` is part of a letter that begins earlier."""
    one, before = text[place], text[place - 1]
    if unicodedata.category(one) in LATER or one in (JOINER, NON_JOINER) or ord(one) in (*SELECTORS, *SKIN_TONES):
        return True
    if before in (JOINER, NON_JOINER):
        return before == JOINER or (place > 1 and unicodedata.combining(text[place - 2]) == VIRAMA_CLASS)
    if unicodedata.combining(before) == VIRAMA_CLASS and unicodedata.category(one) == "Lo":
        return True
    return ord(one) in FLAG_LETTERS and _flag_letters_before(text, place) % 2 == 1


def _flag_letters_before(text: str, place: int) -> int:
    count = 0
    while count < place and ord(text[place - 1 - count]) in FLAG_LETTERS:
        count += 1
    return count
