"""Time-stamps of an outside authority (RFC 3161): that something was there by a moment, said by others."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

PATIENCE_S = 20.0
LARGEST_ANSWER = 64 * 1024
MEDIA_TYPE = "application/timestamp-query"


class TimeStampError(Exception):
    """There is no time-stamp that holds; the text says why."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the authority answered, and the moment it says."""

    answer: bytes
    at: datetime


class TimeStampAuthority:
    """The authority at one address. With its certificates each answer is also checked against them as it comes."""

    def __init__(self, url: str, certificates: Sequence[Certificate] = ()) -> None:
        self._url = url
        self._certificates = certificates

    async def stamp(self, content: bytes) -> Stamp:
        """Have `content` dated, by its SHA-256. TimeStampError where the authority is away, refuses or is wrong."""
        request = TimestampRequestBuilder(data=content, hash_algorithm=HashAlgorithm.SHA256).build()
        answer = await self._ask(request.as_bytes())
        return await asyncio.to_thread(read_stamp, answer, content, self._certificates, nonce=request.nonce)

    async def _ask(self, query: bytes) -> bytes:
        try:
            async with (
                asyncio.timeout(PATIENCE_S),
                httpx2.AsyncClient(timeout=PATIENCE_S) as client,
                client.stream("POST", self._url, content=query, headers={"Content-Type": MEDIA_TYPE}) as response,
            ):
                if not response.is_success:
                    raise TimeStampError(f"the authority answered {response.status_code}")
                answer = bytearray()
                async for piece in response.aiter_bytes():
                    answer += piece
                    if len(answer) > LARGEST_ANSWER:
                        raise TimeStampError("the authority's answer is too large")
                return bytes(answer)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            raise TimeStampError(f"the authority is away: {type(error).__name__}") from error


def authority_certificates(path: Path | None) -> list[Certificate]:
    """Those of a file in PEM: the authority's root and what stands between. TimeStampError where it cannot be used."""
    try:
        return load_pem_x509_certificates(path.read_bytes()) if path else []
    except (OSError, ValueError) as error:
        raise TimeStampError(f"{path} holds no certificates in PEM.") from error


def read_stamp(
    answer: bytes, content: bytes, certificates: Sequence[Certificate], *, nonce: int | None = None
) -> Stamp:
    """The stamp in an answer, if it is one of `content`; signed by one of the certificates, where there are any."""
    try:
        response = decode_timestamp_response(answer)
        if response.status != PKIStatus.GRANTED:
            raise TimeStampError(f"the authority refused: status {response.status}")
        _check(response, content, certificates, nonce)
        return Stamp(answer, response.tst_info.gen_time.astimezone(UTC))
    except VerificationError as error:
        raise TimeStampError(str(error).partition(": ErrorStack")[0]) from error
    except (ValueError, TypeError, OverflowError) as error:
        raise TimeStampError("it is not readable") from error


def _check(response: TimeStampResponse, content: bytes, certificates: Sequence[Certificate], nonce: int | None) -> None:
    token = response.tst_info
    if nonce is not None and token.nonce != nonce:
        raise TimeStampError("it answers another question")
    if token.message_imprint.message != hashlib.sha256(content).digest():
        raise TimeStampError("it is of something else")
    if certificates:
        builder = VerifierBuilder()
        for one in certificates:
            builder = builder.add_root_certificate(one)
        builder.build().verify_message(response, content)
