"""Throws bytes at everything that reads bytes of strangers: only a refusal with a stable code may come of it.

fuzz_bytes.py --seconds 600 --only frame,sound --seed 7

With atheris installed (`pip install atheris`) coverage leads the way; without it good samples are mutated at random.
"""

import argparse
import importlib.util
import io
import itertools
import random
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from app.ai.guard import check_picture
from app.ai.picture import decode
from app.ai.sound_decode import decode_sound
from app.ai.sound_guard import format_of
from app.ai.sound_types import SoundRequest
from app.ai.types import Refused
from app.core.errors import ProctorError
from app.schemas.realtime import FRAME_HEADER
from app.services.question_formats import FORMATS, QuestionFormat, read
from app.services.tables import Columns, read_table
from app.websockets.intake import NotAMessage, parse_numbered, parse_text

BOUNDARY_VALUES = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xd8\x00", b"\r\n")
LONGEST_CASE_S = 5.0
LARGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """What reads bytes, what it may say no with, and good bytes to begin with."""

    name: str
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    samples: Callable[[], list[bytes]]


def frame(data: bytes) -> None:
    """A binary message of the student's socket, down to the pixels."""
    if len(data) >= FRAME_HEADER.size:
        FRAME_HEADER.unpack_from(data)
        body = data[FRAME_HEADER.size :]
        check_picture(body)
        decode(body)


def message(data: bytes) -> None:
    """A text message of the student's socket."""
    parse_numbered(parse_text(data.decode("utf-8", "replace")))


def sound(data: bytes) -> None:
    """A chunk of sound, and its continuation."""
    request = SoundRequest(data, 0.0, format_of(data))
    _, memory = decode_sound(request)
    decode_sound(SoundRequest(data, 1.0, request.format, memory=memory))


def table(data: bytes) -> None:
    """A list of people."""
    read_table(data, Columns({"email": ("email",)}, required=("email",)))


def questions_in(wanted: QuestionFormat | None) -> Callable[[bytes], None]:
    """A file of questions in one format, or in whatever it looks like."""

    def reading(data: bytes) -> None:
        read(data, wanted)

    return reading


def pictures() -> list[bytes]:
    """Small JPEGs and WebPs as cameras and browsers write them."""
    noise = np.random.default_rng(0).integers(0, 255, (12, 16, 3)).astype(np.uint8)
    made = []
    for size, extension, options in (
        ((64, 48), ".jpg", []),
        ((160, 120), ".jpg", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        ((80, 60), ".jpg", [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]),
        ((64, 48), ".jpg", [cv2.IMWRITE_JPEG_QUALITY, 5]),
        ((64, 48), ".webp", [cv2.IMWRITE_WEBP_QUALITY, 50]),
        ((64, 48), ".webp", [cv2.IMWRITE_WEBP_QUALITY, 101]),
    ):
        made.append(cv2.imencode(extension, cv2.resize(noise, size), options)[1].tobytes())
    return made


def frames() -> list[bytes]:
    return [FRAME_HEADER.pack(1, b"\0\0\0", 1_764_000_000_000, 7) + one for one in pictures()]


def messages() -> list[bytes]:
    return [
        '{"seq": 1, "type": "answer", "t": 1764000000000, "question_id": 7, "value": "ক্ষ", "client_seq": 1}'.encode(),
        b'{"seq": 2, "type": "event", "kind": "tab_switch", "hidden": true}',
        b'{"seq": 3, "type": "answer", "question_id": 1, "value": {"a": ["b", 1.5e3, null, {}]}, "client_seq": 2}',
        b'{"type": "status", "battery": 0.5}',
    ]


def sounds() -> list[bytes]:
    tone = (np.sin(np.arange(1600) / 5) * 9000).astype("<i2").tobytes()
    head = (
        b"RIFF"
        + struct.pack("<I", 36 + len(tone))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
    )
    webm = b"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff\x16\x54\xae\x6b\x90"
    track = b"\xae\x8e\xd7\x81\x01\x83\x81\x02\x86\x86A_OPUS"
    return [
        tone,
        head + b"data" + struct.pack("<I", len(tone)) + tone,
        webm + track,
        b"OggS\0\2" + bytes(21) + b"\1\x13OpusHead\1\1\0\0\x80\xbb\0\0\0\0\0",
    ]


def tables() -> list[bytes]:
    from app.services.tables import xlsx_table

    sheet = xlsx_table({"people": (("email", "name"), [("a@example.org", "আকাশ"), ("b@example.org", "B")])})
    return ['email,name\na@example.org,আকাশ\n"b@example.org","B, b"\n'.encode(), sheet]


def question_files(wanted: QuestionFormat | None) -> Callable[[], list[bytes]]:
    """What we ourselves write in that format."""

    def made() -> list[bytes]:
        from app.services.question_formats.drafts import Sheet

        asked = {
            "type": "single_choice",
            "text": {"en": "Which?"},
            "points": 1.0,
            "negative_points": 0.0,
            "seconds": None,
            "tags": [],
            "explanation": {},
            "body": {"options": [{"id": "a", "text": {"en": "x"}}, {"id": "b", "text": {"en": "y"}}], "shuffle": True},
            "key": {"option": "a"},
            "rubric": [],
            "section": None,
        }
        formats = [wanted] if wanted else list(QuestionFormat)
        return [FORMATS[one].write(Sheet([asked])) for one in formats]

    return made


TARGETS = (
    Target("frame", frame, (Refused,), frames),
    Target("message", message, (NotAMessage,), messages),
    Target("sound", sound, (Refused,), sounds),
    Target("table", table, (ProctorError,), tables),
    Target("questions", questions_in(None), (), question_files(None)),
    *(Target(f"questions-{one.value}", questions_in(one), (), question_files(one)) for one in QuestionFormat),
)


def mutated(sample: bytes, chance: random.Random) -> bytes:
    """The sample with a few things wrong: bits, bytes, pieces left out, doubled, moved, or cut off."""
    data = bytearray(sample)
    for _ in range(chance.choice((1, 1, 2, 3, 8, 32))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.randrange(256)
            case 2:
                data[at : at + chance.randrange(1, 16)] = b""
            case 3:
                data[at:at] = chance.choice(BOUNDARY_VALUES)
            case 4:
                data[at:at] = data[at : at + chance.randrange(1, 64)]
            case 5:
                data[at : at + 4] = struct.pack(">I", chance.getrandbits(32))
            case _:
                del data[chance.randrange(len(data) + 1) :]
    return bytes(data[:LARGEST])


def repacked(sample: bytes, chance: random.Random) -> bytes:
    """A ZIP whose members are mutated and whose checksums are right, so that what is inside gets read."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, mutated(body, chance) if name == victim else body)
    return made.getvalue()


def cases(target: Target, seed: int) -> Iterator[bytes]:
    """Without end; the same for the same seed."""
    chance = random.Random(f"{target.name} {seed}")  # noqa: S311 - repeatable
    samples = target.samples()
    while True:
        sample = chance.choice(samples)
        zipped = sample.startswith(b"PK") and chance.random() < 0.7
        yield repacked(sample, chance) if zipped else mutated(sample, chance)


def complaint(target: Target, data: bytes) -> str | None:
    """What is wrong with how it was taken."""
    begun = time.monotonic()
    try:
        target.read(data)
    except target.refusals as refused:
        if not getattr(refused, "code", ""):
            return f"{type(refused).__name__} without a code: {refused}"
    except Exception as error:  # noqa: BLE001 - what escapes is what is looked for
        return f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - begun
    return f"took {seconds:.1f} s" if seconds > LONGEST_CASE_S else None


def led_by_coverage(target: Target, seconds: int, seed: int) -> int:
    """In a process of its own, for atheris ends it; the exit status."""
    program = (
        "import atheris, sys\n"
        "with atheris.instrument_imports(include=['app']):\n"
        "    from tools import fuzz_bytes as f\n"
        f"target = next(one for one in f.TARGETS if one.name == {target.name!r})\n"
        "def one(data):\n"
        "    wrong = f.complaint(target, data)\n"
        "    if wrong: raise RuntimeError(wrong)\n"
        "import pathlib, tempfile\n"
        "folder = pathlib.Path(tempfile.mkdtemp())\n"
        "for number, sample in enumerate(target.samples()): (folder / str(number)).write_bytes(sample)\n"
        f"atheris.Setup([sys.argv[0], str(folder), '-max_total_time={seconds}', '-seed={seed}', '-max_len=65536', "
        "'-rss_limit_mb=2048', '-timeout=20', '-print_final_stats=1'], one)\n"
        "atheris.Fuzz()\n"
    )
    return subprocess.run([sys.executable, "-c", program], check=False).returncode


def at_random(target: Target, seconds: int, seed: int) -> int:
    """Mutations of good samples for so long; 1 where one was taken wrongly."""
    ends = time.monotonic() + seconds
    return _each(target, itertools.takewhile(lambda _: time.monotonic() < ends, cases(target, seed)))


def so_many(target: Target, count: int, seed: int) -> int:
    """The same, by number."""
    return _each(target, itertools.islice(cases(target, seed), count))


def _each(target: Target, inputs: Iterable[bytes]) -> int:
    begun, count = time.monotonic(), 0
    for data in inputs:
        count += 1
        if wrong := complaint(target, data):
            print(f"{target.name}: {wrong}\n  {data[:4000].hex()}", flush=True)
            return 1
    print(
        f"{target.name}: {count} inputs in {time.monotonic() - begun:.0f} s, taken or refused with a code", flush=True
    )
    return 0


def main() -> int:
    """The exit status: 1 where anything but a refusal came of some input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="For each target.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, help="So many inputs at random instead, however long that takes.")
    parser.add_argument("--only", default="", help="Names of targets, with commas between.")
    wanted = parser.parse_args()
    chosen = [one for one in TARGETS if not wanted.only or one.name in wanted.only.split(",")]
    if wanted.count:
        return 1 if any(so_many(target, wanted.count, wanted.seed) for target in chosen) else 0
    led = importlib.util.find_spec("atheris") is not None
    print(
        f"seed {wanted.seed}; {'led by coverage (atheris)' if led else 'at random: atheris is not installed'}",
        flush=True,
    )
    fuzz = led_by_coverage if led else at_random
    statuses = [fuzz(target, wanted.seconds, wanted.seed) for target in chosen]
    return 1 if any(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
