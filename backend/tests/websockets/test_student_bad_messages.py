"""The W list of bad input: each gets a stable code, nothing is stored that should not be, and the server goes on."""

import contextlib
import json
import struct
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from app.db.models import ExamSession, User
from tests.live import LiveServer

DEEP = '{"seq": 1, "type": "answer", "value": ' + "[" * 900 + "]" * 900 + "}"
NUMBERED: dict[str, Any] = {"seq": 1, "type": "answer", "value": "x"}


async def alive(server: LiveServer, student: User, taken: ExamSession, seq: int = 1) -> None:
    """A well-behaved line works, right after."""
    line = await server.student(student, taken)
    await line.say(seq, "answer", value="still here")
    await line.acknowledged(seq)


CLOSING: list[tuple[str, str | bytes, str]] = [
    ("W09 not JSON", "hello", "not_json"),
    ("W09 half JSON", '{"seq": 1, "type": "ev', "not_json"),
    ("W09 NaN", '{"seq": 1, "type": "answer", "value": NaN}', "not_json"),
    ("W09 infinity", '{"seq": 1, "type": "answer", "value": 1e999}', "not_json"),
    ("W09 same key twice", '{"seq": 1, "seq": 2, "type": "answer"}', "not_json"),
    ("W09 5000 digits", '{"seq": 1, "type": "answer", "value": ' + "9" * 5000 + "}", "not_json"),
    ("W09 deep", DEEP, "too_deep"),
    ("W09 deeper", "[" * 100_000, "not_json"),
    ("W10 list", "[]", "not_an_object"),
    ("W10 text", '"seq"', "not_an_object"),
    ("W10 null", "null", "not_an_object"),
    ("W12 none", '{"type": "answer"}', "bad_seq"),
    ("W12 null", '{"seq": null, "type": "answer"}', "bad_seq"),
    ("W12 zero", '{"seq": 0, "type": "answer"}', "bad_seq"),
    ("W12 negative", '{"seq": -1, "type": "answer"}', "bad_seq"),
    ("W12 float", '{"seq": 1.0, "type": "answer"}', "bad_seq"),
    ("W12 text", '{"seq": "1", "type": "answer"}', "bad_seq"),
    ("W12 true", '{"seq": true, "type": "answer"}', "bad_seq"),
    ("W12 2^63", '{"seq": 9223372036854775808, "type": "answer"}', "bad_seq"),
    ("W12 2^53", '{"seq": 9007199254740992, "type": "answer"}', "bad_seq"),
    ("W11 no type", '{"seq": 1}', "bad_message"),
    ("W11 type is a number", '{"seq": 1, "type": 5}', "bad_message"),
    ("W11 long type", json.dumps({"seq": 1, "type": "x" * 33}), "bad_message"),
    ("W26 time is text", '{"seq": 1, "type": "answer", "t": "yesterday"}', "bad_message"),
    ("W15 empty text", "", "not_json"),
    ("W15 empty binary", b"", "too_short"),
    ("W16 half a header", b"\x01\x00\x00", "too_short"),
    ("W17 text on the binary channel", json.dumps(NUMBERED).encode()[:15], "too_short"),
    ("W29 heartbeat_ack", '{"type": "heartbeat_ack"}', "bad_seq"),
    ("W29 forged ack", '{"type": "ack", "upto": 99}', "bad_seq"),
    ("W18 300 KB", json.dumps(NUMBERED | {"value": "x" * 300_000}), "message_too_large"),
]


async def test_what_is_no_message_closes_4400_with_a_code(
    server: LiveServer, student: User, taken: ExamSession, subtests: pytest.Subtests
) -> None:
    for name, message, code in CLOSING:
        with subtests.test(name):
            line = await server.student(student, taken)
            await line.connection.send(message)
            assert await line.code() == 4400
            assert line.errors() == [code]
            assert await server.stored(taken) == []
    await alive(server, student, taken)


KEPT: list[tuple[str, dict[str, Any], str | None]] = [
    ("W11 unknown type", {"type": "dance"}, "unknown_type"),
    ("W29 forged ack", {"type": "ack", "upto": 99}, "unknown_type"),
    ("W29 forged verdict", {"type": "violation.opened", "violation": {}}, "unknown_type"),
    ("T01 claims", {"type": "status", "trust_score": 100, "severity": "none", "face": "ok"}, None),
    ("W11 event without kind", {"type": "event"}, "unknown_event"),
    ("W11 unknown event", {"type": "event", "kind": "levitation"}, "unknown_event"),
    ("T01 event only the server may see", {"type": "event", "kind": "multiple_faces"}, "not_a_browser_event"),
    ("W26 t zero", {"type": "answer", "value": "x", "t": 0}, None),
    ("W26 t huge", {"type": "answer", "value": "x", "t": 10**18}, None),
    ("W26 t far below zero", {"type": "answer", "value": "x", "t": -(10**18)}, None),
    ("W26 t yesterday", {"type": "answer", "value": "x", "t": 1_700_000_000_000.5}, None),
    ("W26 t 2099", {"type": "answer", "value": "x", "t": 4_070_908_800_000}, None),
    ("W30 HTML", {"type": "answer", "value": "<script>alert(1)</script>"}, None),
    ("W30 __proto__", {"type": "answer", "__proto__": {"admin": True}, "constructor": 1}, None),
    ("W30 10k keys", {"type": "answer", **{f"k{n}": n for n in range(5_000)}}, "message_too_large"),
    ("W30 200 KB", {"type": "answer", "value": "x" * 200_000}, "message_too_large"),
    ("R05 NUL", {"type": "answer", "value": "a\0b"}, "text_not_storable"),
    ("R05 NUL in a key", {"type": "answer", "a\0": 1}, "text_not_storable"),
    ("R06 half a pair", {"type": "answer", "value": "\ud800"}, "text_not_storable"),
    ("U03 joiners and emoji", {"type": "answer", "value": "ক্‍ষ 👩‍👩‍👧 \u202e"}, None),
    ("a text about NUL", {"type": "answer", "value": "in C \\u0000 ends a string"}, None),
    ("a long number", {"type": "answer", "value": 10**300}, None),
]


async def test_what_has_a_number_is_kept_and_acknowledged_whatever_it_says(
    server: LiveServer, student: User, taken: ExamSession, subtests: pytest.Subtests
) -> None:
    line = await server.student(student, taken)
    for seq, (name, message, code) in enumerate(KEPT, start=1):
        with subtests.test(name):
            already = len(line.errors())
            await line.send({"seq": seq, **message})
            await line.acknowledged(seq)
            assert line.errors()[already:] == ([] if code is None else [code])
            stored, payload = (await server.stored(taken))[-1]
            assert stored == seq
            if code in (None, "unknown_type"):
                assert payload == {key: value for key, value in message.items() if key not in ("type", "t")}
    assert await server.violations(taken) == []
    assert (await server.row(taken)).trust == 100


async def test_binary_of_another_kind_is_refused_and_the_line_stays(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    for kind, code in ((3, "frame_refused"), (4, "frame_refused"), (0, "unknown_kind"), (255, "unknown_kind")):
        await line.show(7, b"x" * 100, 0, kind=kind)
        assert (await line.until("error"))["code"] == code
    await line.say(1, "answer", value="x")
    await line.acknowledged(1)


def masked(first: int, payload: bytes, *, mask: bool = True) -> bytes:
    """One WebSocket frame, byte by byte."""
    length = len(payload)
    head = bytes([first, (0x80 if mask else 0) | (length if length < 126 else 126)])
    if length >= 126:
        head += struct.pack(">H", length)
    return head + (b"\0\0\0\0" if mask else b"") + payload


BROKEN: list[tuple[str, bytes, int]] = [
    ("W20 not UTF-8", masked(0x81, b"\xff\xfe"), 1007),
    ("W21 reserved bits", masked(0xF1, b"{}"), 1002),
    ("W21 reserved opcode", masked(0x83, b"{}"), 1002),
    ("W21 unmasked", masked(0x81, b"{}", mask=False), 1002),
    ("W21 long ping", masked(0x89, b"x" * 126), 1002),
    ("W21 fragmented ping", masked(0x09, b"x"), 1002),
    ("W22 deflated", masked(0xC1, b"\x00\x00\x00\xff\xff"), 1002),
    ("W24 code 999", masked(0x88, struct.pack(">H", 999)), 1002),
    ("W24 code 1005", masked(0x88, struct.pack(">H", 1005)), 1002),
    ("W24 code 5000", masked(0x88, struct.pack(">H", 5000)), 1002),
    ("W24 long reason", masked(0x88, struct.pack(">H", 1000) + b"r" * 124), 1002),
]


async def test_broken_framing_is_closed_by_the_rules_of_websocket(
    server: LiveServer, student: User, taken: ExamSession, subtests: pytest.Subtests
) -> None:
    for name, data, code in BROKEN:
        with subtests.test(name):
            line = await server.student(student, taken)
            line.connection.transport.write(data)
            assert await line.code() == code
    await alive(server, student, taken)


async def test_w18_a_message_of_sixteen_megabytes_closes_1009(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    line.connection.transport.write(masked(0x82, b"")[:1] + b"\xff" + struct.pack(">Q", 16 * 2**20) + b"\0" * 4)
    assert await line.code() == 1009
    await alive(server, student, taken)


async def test_w19_a_message_in_many_fragments_is_one_message(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    body = json.dumps(NUMBERED | {"value": "y" * 20_000}).encode()
    frames = [
        Frame(Opcode.TEXT if at == 0 else Opcode.CONT, body[at : at + 1], fin=at == len(body) - 1)
        for at in range(len(body))
    ]
    line.connection.transport.write(b"".join(frame.serialize(mask=True) for frame in frames))
    await line.acknowledged(1)


async def test_w23_a_flood_of_pings_is_answered_and_hurts_nobody(
    server: LiveServer, student: User, taken: ExamSession, other_sitting: tuple[User, ExamSession]
) -> None:
    line = await server.student(student, taken)
    line.connection.transport.write(masked(0x89, b"x") * 20_000)
    await alive(server, *other_sitting)
    await line.say(1, "answer", value="x")
    await line.acknowledged(1)


async def test_w25_a_message_after_the_end_is_not_stored(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await server.student(student, taken)
    async with server.browser(student) as browser:
        await browser.post(f"/proctoring/end-session/{taken.id}")
    with contextlib.suppress(ConnectionClosed):
        await line.say(1, "answer", value="too late")
    assert await line.code() == 4410
    assert await server.stored(taken) == []


async def test_w28_a_hundred_connects_and_closes_leave_nothing_behind(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    token = server.token(student)
    for _ in range(50):
        line = await server.dial(f"ws/{taken.id}", token)
        line.connection.transport.abort()
    await server.loopback.quiet()
    assert len(server.live) == 0
    await alive(server, student, taken)
