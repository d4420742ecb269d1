"""Bodies are checked before anything parses them: size, type, encoding, and JSON that every reader reads alike.

Python's parser takes `NaN`, `1e999`, integers of any length, the last of duplicate keys, half surrogate pairs; the
database takes none of them. Here they are refused once, for every route (reliability.md, list R).
"""

import asyncio
import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import answer
from app.core.clock import monotonic
from app.core.errors import ProctorError, Unavailable

LARGEST_BODY = 1024 * 1024
LONGEST_WAIT_S = 30.0
DEEPEST = 32
LONGEST_INTEGER = 19
INT64 = 2**63
PICTURES = ("image/jpeg", "image/webp")
PICTURE_PATHS = ("/enrolment", "/documents")
BYTES = "application/octet-stream"
BYTES_PATH = "/proctoring/echo"
STREAMED = re.compile(r"/files(/|$)|/question-files$|/questions/import$")
"""Addresses that take files; each says how large."""
LARGEST_FILE = 33 * 1024 * 1024
LONGEST_STREAM_S = 600.0
MOST_STREAMS = 16
"""Files received at once; what is beyond the first megabyte of each lies on the disk meanwhile."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class BadBody(ProctorError):
    """A body we do not take; the code says why."""

    status = 422
    code = "json_invalid"


class TooLarge(ProctorError):
    """More bytes than any request of ours needs."""

    status = 413
    code = "body_too_large"


class WrongType(ProctorError):
    """Neither JSON nor a form."""

    status = 415
    code = "unsupported_media_type"


class TooSlow(ProctorError):
    """The body did not arrive in time."""

    status = 408
    code = "request_timeout"


class StrictBodies:
    """ASGI middleware that reads the whole body, checks it and hands it on."""

    def __init__(self, app: ASGIApp, *, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self.app = app
        self.longest_wait_s = longest_wait_s
        self.streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _is_streamed(scope):
            await self._streamed(scope, receive, send)
            return
        try:
            body = await _read(receive, Headers(scope=scope), longest_wait_s=self.longest_wait_s)
            if body and not _is_bytes(scope):
                _check(body, Headers(scope=scope))
        except ProctorError as error:
            await answer(scope, error)(scope, receive, send)
            return
        if body is None:  # the client went away
            return
        await self.app(scope, _replay(body, receive), send)

    async def _streamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The body is handed on as it comes: TooLarge, TooSlow, WrongType for one that is packed, and at most so many.

        It takes one of the places when it is first read, which nobody gets to who is not logged in.
        """
        headers = Headers(scope=scope)
        size, ends = 0, 0.0

        async def counted() -> Message:
            nonlocal size, ends
            if not ends:
                _check_head(headers)
                if self.streams >= MOST_STREAMS:
                    raise Unavailable
                self.streams += 1
                ends = monotonic() + LONGEST_STREAM_S
            try:
                async with asyncio.timeout(min(self.longest_wait_s, max(0.0, ends - monotonic()))):
                    message = await receive()
            except TimeoutError as error:
                raise TooSlow from error
            size += len(message.get("body", b""))
            if size > LARGEST_FILE:
                raise TooLarge(max=LARGEST_FILE)
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            self.streams -= 1 if ends else 0


def _check_head(headers: Headers) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongType
    length = headers.get("content-length", "")
    if length.isdigit() and (len(length) > LONGEST_INTEGER or int(length) > LARGEST_FILE):
        raise TooLarge(max=LARGEST_FILE)


def _is_streamed(scope: Scope) -> bool:
    """Files are read where it is known who sends them, so that nobody else can make us hold megabytes."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return kind == FORMS[1] and STREAMED.search(scope["path"]) is not None


def _is_bytes(scope: Scope) -> bool:
    """Pictures are taken at few kinds of address; what they are is seen to where they are decoded."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    if kind == BYTES:
        return bool(scope["path"].endswith(BYTES_PATH))
    return kind in PICTURES and scope["path"].endswith(PICTURE_PATHS)


async def _read(receive: Receive, headers: Headers, *, longest_wait_s: float) -> bytes | None:
    length = headers.get("content-length", "")
    if length.isdigit() and (len(length) > LONGEST_INTEGER or int(length) > LARGEST_BODY):
        raise TooLarge(max=LARGEST_BODY)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(longest_wait_s):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > LARGEST_BODY:
                    raise TooLarge(max=LARGEST_BODY)
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError as error:
        raise TooSlow from error


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _check(body: bytes, headers: Headers) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongType
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in FORMS:
        return
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise WrongType
    check_json(body)


def check_json(body: bytes) -> Any:
    """The parsed value; BadBody with `reason` for what strict readers refuse."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_small_int,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise BadBody(reason="encoding") from error
    except RecursionError as error:
        raise BadBody(reason="depth") from error
    except json.JSONDecodeError as error:  # a byte order mark ends here too
        raise BadBody(reason="syntax") from error
    for leaf in _walk(value):
        if isinstance(leaf, str):
            _check_text(leaf)
    return value


def _walk(value: Any) -> Iterator[Any]:
    """Every key and every value that holds no other; without recursion."""
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > DEEPEST:
            raise BadBody(reason="depth")
        if isinstance(item, dict):
            yield from item
            waiting.extend((child, depth + 1) for child in item.values())
        elif isinstance(item, list):
            waiting.extend((child, depth + 1) for child in item)
        else:
            yield item


def _check_text(text: str) -> None:
    if "\0" in text:
        raise BadBody(reason="nul")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise BadBody(reason="surrogate")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadBody(reason="duplicate_key")
    return made


def _no_constant(_: str) -> NoReturn:
    raise BadBody(reason="number")


def _small_int(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_INTEGER or not -INT64 <= int(digits) < INT64:
        raise BadBody(reason="number")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadBody(reason="number")
    return number
