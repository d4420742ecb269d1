"""The master keys, which wrap data keys: a file outside database and evidence, one key a line, the newest first.

While there are two, both open and only the newest wraps: that is how one replaces the other without anybody noticing.
"""

import base64
import binascii
import hashlib
import secrets
import uuid
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.key_files import made_once, replace_file
from app.core.sealing import KEY_BYTES, NONCE, Unsealable

ID_LENGTH = 16


class MasterKeyError(Exception):
    """The file of the master keys cannot be used; the text says why and never what it holds."""


class MasterKeys:
    """Reads the file again whenever it has changed, so that a rotation needs no restart."""

    def __init__(self, path: Path, *, make: bool = False) -> None:
        self.path = path
        self._make = make
        self._keys: dict[str, AESGCM] = {}
        self._read_at = 0

    @property
    def ids(self) -> list[str]:
        """Names of the keys, the newest first; they tell nothing about the keys."""
        self._read()
        return list(self._keys)

    def wrap(self, secret: bytes, key_id: uuid.UUID) -> tuple[str, bytes]:
        """A data key made unreadable, and the name of the master key that did it."""
        self._read()
        master_id, key = next(iter(self._keys.items()))
        nonce = secrets.token_bytes(NONCE)
        return master_id, nonce + key.encrypt(nonce, secret, key_id.bytes)

    def unwrap(self, wrapped: bytes, master_id: str, key_id: uuid.UUID) -> bytes:
        """The data key; raises Unsealable."""
        self._read()
        key = self._keys.get(master_id)
        if key is None:
            raise Unsealable
        try:
            return key.decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.bytes)
        except InvalidTag as error:
            raise Unsealable from error

    def add(self) -> str:
        """Put a new key before the others; from now on it wraps. Returns its name."""
        lines = self._lines()
        fresh = new_master_key()
        replace_file(self.path, "\n".join([fresh, *lines]) + "\n")
        self._read()
        return _parsed(fresh)[0]

    def forget(self, gone: set[str]) -> None:
        """Remove keys for good; what they wrapped is lost."""
        left = [line for line in self._lines() if _parsed(line)[0] not in gone]
        if not left:
            raise MasterKeyError("The newest key stays.")
        replace_file(self.path, "\n".join(left) + "\n")
        self._read()

    def _lines(self) -> list[str]:
        try:
            text = made_once(self.path, lambda: new_master_key() + "\n") if self._make else self.path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise MasterKeyError(f"{self.path} cannot be read: make it with `proctor keys make`.") from error
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if not lines:
            raise MasterKeyError(f"{self.path} holds no key: make one with `proctor keys make`.")
        return lines

    def _read(self) -> None:
        try:
            changed_at = self.path.stat().st_mtime_ns
        except OSError:
            changed_at = 0
        if self._keys and changed_at in (0, self._read_at):  # gone meanwhile: what we know goes on
            return
        self._keys = dict(_parsed(line) for line in self._lines())
        self._read_at = changed_at or self.path.stat().st_mtime_ns


def new_master_key() -> str:
    """A line of the file."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _parsed(line: str) -> tuple[str, AESGCM]:
    try:
        key = base64.urlsafe_b64decode(line)
    except (binascii.Error, ValueError) as error:
        raise MasterKeyError("A line of the master key file is no key.") from error
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"A line of the master key file is not {KEY_BYTES} bytes in Base64.")
    return hashlib.sha256(b"master key\0" + key).hexdigest()[:ID_LENGTH], AESGCM(key)
