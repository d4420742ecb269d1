"""Which passwords may be chosen: length and a list of what attackers try first; no rules of composition."""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.core.config import Settings
from app.core.errors import Invalid
from app.core.security import normalise_password

LONGEST = 1024
SHORTEST_IN_PRODUCTION = 15
SHORTEST_ELSEWHERE = 8
FEWEST_DIFFERENT = 4
SHORTEST_WORD = 4
SHORTEST_CONTAINED = 6
PRODUCT_WORDS = ("360proctor", "proctor360", "autoproctor", "proctor", "proctoring")
COMMON = Path(__file__).with_name("common_passwords.txt")

DEMO_DIGESTS = frozenset(
    {
        "240be518fabd2724ddb6f04eeb1da5967448d7e831c08c8fa822809f74c720a9",
        "cde383eee8ee7a4400adf7a15f716f179a2eb97646b37e089eb8d6d04e663416",
        "703b0a3d6ad75b649a28adde7d83c6251da457549263bc7ff45ec709b0a8448b",
    }
)
"""SHA-256 of the demo accounts' passwords: nobody may choose them, and they stand nowhere but where they are seeded."""


def shortest(settings: Settings) -> int:
    """The least length here, in characters."""
    return settings.PASSWORD_MIN_LENGTH or (SHORTEST_IN_PRODUCTION if settings.production else SHORTEST_ELSEWHERE)


def check_password(password: str, *, settings: Settings, context: Iterable[str] = ()) -> None:
    """Invalid (`password_too_short`, `password_too_long`, `password_too_common`) unless it may be chosen.

    `context` are words an attacker would try for this person: e-mail and name. Lengths count characters after NFKC.
    """
    password = normalise_password(password)
    if len(password) < shortest(settings):
        raise Invalid("password_too_short", min=shortest(settings))
    if len(password) > LONGEST:
        raise Invalid("password_too_long", max=LONGEST)
    plain = password.casefold()
    if len(set(plain)) < FEWEST_DIFFERENT or is_demo_password(plain) or _is_common(plain, _words(context)):
        raise Invalid("password_too_common")


def is_demo_password(password: str) -> bool:
    """Whether it is one of the three that everybody can read in the README."""
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).hexdigest() in DEMO_DIGESTS


def _is_common(plain: str, words: frozenset[str]) -> bool:
    """A common password or one of the words, alone or with digits and signs around it, or around a longer word."""
    letters = re.sub(r"[\W\d_]+", "", plain)
    guesses = _common() | words
    if plain in guesses or letters in guesses:
        return True
    return any(len(word) >= SHORTEST_CONTAINED and word in plain for word in words)


def _words(context: Iterable[str]) -> frozenset[str]:
    """Product name, the e-mail address and its parts, the parts of the name; all folded."""
    words = set(PRODUCT_WORDS)
    for entry in context:
        folded = normalise_password(entry).casefold()
        own = folded.split("@")[0]  # the domain is shared by a whole school
        words.update(part for part in (folded, own, *re.split(r"[\W_]+", own)) if len(part) >= SHORTEST_WORD)
    return frozenset(words)


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))
