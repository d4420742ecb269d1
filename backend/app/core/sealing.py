"""Encryption of the few values that must not be readable in the database or a backup of it: AES-256-GCM.

The key is derived from SECRET_KEY (HKDF-SHA256, one key for each purpose), so that the database alone opens nothing.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.core.config import Settings

NONCE = 12


class Unsealable(Exception):
    """Sealed with a key that is gone, for another row, or changed since."""


class Sealer:
    """Seals and opens for one purpose. `context` names the row: what was sealed for one opens for no other."""

    def __init__(self, settings: Settings, purpose: str) -> None:
        previous = settings.PREVIOUS_SECRET_KEY
        secret_keys = [settings.secret_key, *([previous.get_secret_value()] if previous else [])]
        self._keys = [AESGCM(derived(secret, purpose)) for secret in secret_keys]

    def seal(self, content: bytes, context: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._keys[0].encrypt(nonce, content, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The content; raises Unsealable."""
        for key in self._keys:
            try:
                return key.decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
            except (InvalidTag, ValueError):
                continue
        raise Unsealable


def derived(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
