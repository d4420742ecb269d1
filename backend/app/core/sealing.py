"""Encryption of what shows or identifies people: AES-256-GCM with a key of one sitting (or account) alone.

What is sealed begins with MAGIC, the key's id and a nonce. It is bound to its place: moved elsewhere it does not open.
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"360P\x01"
KEY_BYTES = 32
NONCE = 12
HEAD = len(MAGIC) + 16 + NONCE


class Unsealable(Exception):
    """Sealed with a key that is gone, for another place, or changed since."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """Seals and opens what belongs to one sitting or account. `context` names the place: a file, a row."""

    id: uuid.UUID
    secret: bytes = field(repr=False)

    def seal(self, content: bytes, context: str) -> bytes:
        """Head and ciphertext."""
        nonce = secrets.token_bytes(NONCE)
        head = MAGIC + self.id.bytes + nonce
        return head + AESGCM(self.secret).encrypt(nonce, content, head + context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The content; raises Unsealable."""
        if key_id_of(sealed) != self.id:
            raise Unsealable
        head = sealed[:HEAD]
        try:
            return AESGCM(self.secret).decrypt(head[-NONCE:], sealed[HEAD:], head + context.encode())
        except InvalidTag as error:
            raise Unsealable from error

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose beside sealing."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(self.secret)


def key_id_of(body: bytes) -> uuid.UUID | None:
    """Which key sealed it; None for what is not sealed."""
    if len(body) < HEAD or not hmac.compare_digest(body[: len(MAGIC)], MAGIC):
        return None
    return uuid.UUID(bytes=body[len(MAGIC) : len(MAGIC) + 16])


def new_secret() -> bytes:
    """The secret of a new data key."""
    return secrets.token_bytes(KEY_BYTES)
