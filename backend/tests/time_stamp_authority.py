"""A real time-stamp authority on loopback: `openssl ts` behind HTTP, with certificates of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.clock import now
from tests.serving import served

CONFIG = """
[tsa]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
"""


class Authority:
    """Tests bend `answer`: None is honest, else it is given what came in and what would go out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0
        self.last = b""
        self.behaves = "well"
        self.url = ""
        folder.mkdir(parents=True)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate("Root of time", root_key, "Root of time", root_key, authority=True)
        tsa = _certificate("Time-stamp authority", key, "Root of time", root_key, authority=False)
        (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
        (folder / "tsa.pem").write_bytes(tsa.public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "tsa.key").write_bytes(private)

    @property
    def certificates(self) -> Path:
        """What a verifier is given."""
        return self.folder / "root.pem"

    async def answer(self, request: Request) -> Response:
        """As openssl would, or as the test wants it."""
        self.asked += 1
        if self.behaves == "away":
            return Response(status_code=503)
        if self.behaves == "huge":
            return Response(b"0" * 1_000_000)
        before, body = self.last, await request.body()
        reply = await self._reply(body)
        if self.behaves == "repeats":
            return Response(before)
        if self.behaves == "forges":
            reply = reply[:-9] + bytes([reply[-9] ^ 1]) + reply[-8:]
        self.last = reply
        return Response(reply, media_type="application/timestamp-reply")

    async def _reply(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        words = "ts -reply -config tsa.cnf -section tsa -queryfile query.tsq -signer tsa.pem -inkey tsa.key"
        process = await asyncio.create_subprocess_exec(
            "openssl", *words.split(), "-out", "reply.tsr", cwd=self.folder, stderr=asyncio.subprocess.DEVNULL
        )
        assert await process.wait() == 0
        return (self.folder / "reply.tsr").read_bytes()


@contextlib.asynccontextmanager
async def authority(folder: Path) -> AsyncIterator[Authority]:
    """While inside, it answers."""
    made = Authority(folder)
    app = Starlette(routes=[Route("/", made.answer, methods=["POST"])])
    async with served(app) as address:
        made.url = f"{address}/"
        yield made


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuers: ec.EllipticCurvePrivateKey, *, authority: bool
) -> x509.Certificate:
    def called(words: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])

    made = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return made.sign(issuers, SHA256())
