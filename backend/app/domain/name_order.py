"""The order of people's names, and what counts as the same letter when one is looked for.

A name is *folded* before it is compared: Bangla letters stand in the order of the alphabet (CLDR's order of `bn`,
the one that browsers' Intl.Collator keeps: ং ঃ ঁ after ঔ, ৎ after ত), ড় ঢ় য় beside ড ঢ য, whether they were typed
as one code point or two; Latin letters without their accents; joiners nowhere. A table of our own, because the
embedded PostgreSQL has no ICU and another one's may change with the system's; nothing of it is stored, so it can be
changed at any time.
"""

import unicodedata

ALPHABET = "অআইঈউঊঋৠঌৡএঐওঔংঃঁকখগঘঙচছজঝঞটঠডঢণতৎথদধনপফবভমযরৰলৱশষসহঽািীুূৃৄৢৣেৈোৌ্ৗ"
"""Letters and signs of Bangla in their order; written in NFC."""
BLOCK = 0x0980
IGNORED = "\u09bc\u200c\u200d"
"""The dot below (ড and ড় are then one letter), and what only joins or parts letters."""
TWINS = (("\u09c7\u09be", "\u09cb"), ("\u09c7\u09d7", "\u09cc"))
"""ো and ৌ as two code points, as one."""
ONE_CODE_POINT = {"\u09dc": "ড", "\u09dd": "ঢ", "\u09df": "য"}


def _letters() -> dict[str, str]:
    """Every letter that is compared as another."""
    table = {letter: chr(BLOCK + place) for place, letter in enumerate(ALPHABET)}
    table |= {letter: table[plain] for letter, plain in ONE_CODE_POINT.items()}
    table |= {chr(0x09E6 + digit): str(digit) for digit in range(10)}
    for number in range(0xC0, 0x250):
        plain = unicodedata.normalize("NFD", chr(number))[0]
        if plain.isascii():
            table[chr(number)] = plain
    return table


LETTERS = _letters()
_TABLE = str.maketrans(LETTERS | dict.fromkeys(IGNORED, ""))


def folded(text: str) -> str:
    """As it is compared; the case stays."""
    for two, one in TWINS:
        text = text.replace(two, one)
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def name_key(name: str) -> tuple[str, str]:
    """What names are sorted by: the folded name, then as it is written."""
    return folded(name).lower(), name
