"""Signatures under what is finished: Ed25519, the key in a file outside the database, the public half for anybody."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from app.core.key_files import made_once

END = "-----END PUBLIC KEY-----"


class SigningKeyError(Exception):
    """A key file cannot be used; the text says why."""


class Signer:
    """Signs with the key of one file, read when first needed."""

    def __init__(self, path: Path, *, make: bool = False) -> None:
        self.path = path
        self._make = make
        self._key: Ed25519PrivateKey | None = None

    def sign(self, purpose: str, content: bytes) -> str:
        """The signature, in hexadecimal; one made for one purpose is none for another."""
        return self._private().sign(_message(purpose, content)).hex()

    @property
    def public_pem(self) -> str:
        """The public key, for those who verify."""
        encoded = self._private().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return encoded.decode()

    @property
    def key_id(self) -> str:
        """A name of the key."""
        return key_id_of(self._private().public_key())

    def _private(self) -> Ed25519PrivateKey:
        if self._key is None:
            try:
                text = made_once(self.path, _new_key) if self._make else self.path.read_text()
                key = load_pem_private_key(text.encode(), password=None)
            except (OSError, ValueError) as error:
                raise SigningKeyError(f"{self.path} is no usable key: make one with `proctor keys make`.") from error
            if not isinstance(key, Ed25519PrivateKey):
                raise SigningKeyError(f"{self.path} is not an Ed25519 key.")
            self._key = key
        return self._key


class Verifier:
    """Checks signatures by one or more public keys (the present one and those before it)."""

    def __init__(self, pem: str) -> None:
        keys = [_public(part + END) for part in pem.split(END) if part.strip()]
        self._keys = {key_id_of(key): key for key in keys}

    def holds(self, purpose: str, content: bytes, signature: str, key_id: str) -> bool:
        """Whether one of the keys, the one of this name, has signed it."""
        key = self._keys.get(key_id)
        if key is None:
            return False
        try:
            key.verify(bytes.fromhex(signature), _message(purpose, content))
        except (InvalidSignature, ValueError):
            return False
        return signature == signature.lower()

    @property
    def key_ids(self) -> Sequence[str]:
        """Names of the keys."""
        return list(self._keys)


def key_id_of(key: Ed25519PublicKey) -> str:
    """A name for a public key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _message(purpose: str, content: bytes) -> bytes:
    return f"360proctor {purpose} 1\0".encode() + content


def _new_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(pem: str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.strip().encode())
    except ValueError as error:
        raise SigningKeyError("This is no public key in PEM.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SigningKeyError("This is not an Ed25519 key.")
    return key
