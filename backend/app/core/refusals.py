"""Settings with which a production server must not start. A warning would be left unread; a refusal is not."""

import base64
import binascii
import math
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

from app.core.config import Settings
from app.core.key_files import readable_by_others
from app.core.master_keys import MasterKeyError, MasterKeys
from app.core.security import SHORTEST_KEY
from app.core.signing import Signer, SigningKeyError
from app.core.time_stamps import TimeStampError, authority_certificates

EXIT_CODE = 78
"""EX_CONFIG of sysexits.h."""
HOW_TO_MAKE_ONE = 'make one with python3 -c "import secrets; print(secrets.token_urlsafe(48))".'
LEAST_ENTROPY_BITS = 40.0
"""By an estimate that is too low for short keys: 32 random hexadecimal digits (128 bits) never came below 56."""
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
SAMPLE_WORDS = (
    *(
        "changethis",
        "changeme",
        "change-me",
        "change_me",
        "replace",
        "placeholder",
        "example",
        "sample",
        "your-",
        "your_",
    ),
    *("secret", "password", "development", "insecure", "default", "proctor"),
    *("qwerty", "asdfgh", "1234567890", "abcdefgh", "correct horse"),
)
DEFAULT_DATABASE_PASSWORDS = (
    *("", "postgres", "password", "admin", "root", "proctor", "auto_proctoring", "changethis", "changeme", "secret"),
    *("123456", "12345678"),
)


class Refused(Exception):
    """The server must not start like this; the text is one line that says why and what to do, without any secret."""


def refuse_settings(settings: Settings) -> None:
    """Refused for the first mistake in the settings; outside production only for a key too short or an odd file."""
    try:
        authority_certificates(settings.TIMESTAMP_CERTIFICATES_FILE)
    except TimeStampError as error:
        raise Refused(f"TIMESTAMP_CERTIFICATES_FILE is not usable: {error}") from error
    if settings.production:
        _check_secret(settings)
        _check_database(settings)
        _check_key_files(settings)
        if settings.DEBUG:
            raise Refused("DEBUG is on: unset it in production.")
        if any("*" in origin or origin == "null" for origin in settings.origins):
            raise Refused("ALLOWED_ORIGINS has a wildcard: name each origin in full.")
        if any(one == "*" or one.endswith("/0") for one in settings.TRUSTED_PROXIES):
            raise Refused("TRUSTED_PROXIES trusts everybody: name your reverse proxy's address.")
        if settings.ALLOW_REMOTE_DEMO:
            raise Refused("ALLOW_REMOTE_DEMO is on: unset it in production.")
    elif len(settings.secret_key.encode()) < SHORTEST_KEY:
        raise Refused(f"SECRET_KEY is shorter than {SHORTEST_KEY} bytes: {HOW_TO_MAKE_ONE}")


def _check_secret(settings: Settings) -> None:
    if settings.SECRET_KEY is None or not settings.SECRET_KEY.get_secret_value().strip():
        raise Refused(f"SECRET_KEY is missing: {HOW_TO_MAKE_ONE}")
    for name, secret in (("SECRET_KEY", settings.SECRET_KEY), ("PREVIOUS_SECRET_KEY", settings.PREVIOUS_SECRET_KEY)):
        if secret is None:
            continue
        key = secret.get_secret_value()
        if len(key.encode()) < SHORTEST_KEY:
            raise Refused(f"{name} is shorter than {SHORTEST_KEY} bytes: {HOW_TO_MAKE_ONE}")
        if _is_sample(key):
            raise Refused(f"{name} is a known sample: {HOW_TO_MAKE_ONE}")
        if _entropy_bits(key) < LEAST_ENTROPY_BITS:
            raise Refused(f"{name} is easy to guess: {HOW_TO_MAKE_ONE}")


def _check_key_files(settings: Settings) -> None:
    """The keys of the evidence must be there, be nobody else's to read, and not lie beside what they open."""
    for name, path in (("MASTER_KEY_FILE", settings.master_key_file), ("SIGNING_KEY_FILE", settings.signing_key_file)):
        try:
            if name == "MASTER_KEY_FILE":
                MasterKeys(path).ids  # noqa: B018 - reads the file
            else:
                Signer(path).key_id  # noqa: B018 - reads the file
            if readable_by_others(path):
                raise Refused(f"{path} can be read by others: chmod 600 it.")
        except (MasterKeyError, SigningKeyError, OSError) as error:
            raise Refused(f"{name} is not usable: {error}") from error
        if path.resolve().is_relative_to(settings.evidence_dir.resolve()):
            raise Refused(f"{name} lies in the evidence folder: whoever takes one takes both. Move it.")


def _is_sample(key: str) -> bool:
    """Whether words of READMEs and templates stand in the key, plainly or in Base64."""
    readable = key.lower()
    with suppress(binascii.Error, UnicodeDecodeError):
        readable += base64.b64decode(key + "=" * (-len(key) % 4), validate=True).decode("ascii").lower()
    return any(word in readable for word in SAMPLE_WORDS)


def _entropy_bits(key: str) -> float:
    """Shannon's estimate over characters, of the key's smallest period (`abcabc…` counts as `abc`), less runs."""
    doubled = key + key
    period = doubled.find(key, 1)
    unit = key[:period]
    counts = Counter(unit)
    per_character = -sum(n / len(unit) * math.log2(n / len(unit)) for n in counts.values())
    runs = sum(1 for before, after in pairwise(unit) if abs(ord(after) - ord(before)) <= 1)
    return per_character * (len(unit) - runs)


def _check_database(settings: Settings) -> None:
    """A password of its own wherever the database is reached by TCP; a Unix socket is guarded by the system."""
    if settings.DATABASE_URL is None:
        return
    address = urlsplit(settings.DATABASE_URL.get_secret_value())
    socket = parse_qs(address.query).get("host", [""])[0].startswith("/") or not address.hostname
    password = address.password or parse_qs(address.query).get("password", [""])[0]
    if not socket and (password.lower() in DEFAULT_DATABASE_PASSWORDS or password == address.username):
        raise Refused("DATABASE_URL has no password or a default one: set a password of its own for the database user.")
