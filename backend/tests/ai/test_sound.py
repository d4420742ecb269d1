"""Hearing: real speech is heard in every format, noise is not, and no bytes from outside do harm."""

import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from app.ai.ebml import WebmStream
from app.ai.engine import ProcessEngine
from app.ai.faults import with_fault
from app.ai.ogg import FIRST, MAGIC, OggStream, checksum_of, ogg_file, one_page, samples_of
from app.ai.sound import SILENCE, Listener, floor_after, stretches
from app.ai.sound_decode import RATE, Samples, decode_sound, resampled
from app.ai.sound_guard import MAX_SOUND_BYTES, format_of
from app.ai.sound_types import SoundFormat, SoundMemory, SoundRefused, SoundReport, SoundRequest
from app.ai.sound_wire import pack_sound, pack_sound_report, sound_from, sound_report_from
from app.ai.wire import PREFIX, unpack
from tests.ai.sounds import SILENT_OPUS, noise, ogg_header, pcm, wav, webm_blocks, webm_header

CLIP = Path(__file__).resolve().parents[4] / "shared" / "data" / "faces" / "short_hamilton_clip.mp4"


@pytest.fixture(scope="module")
def listener() -> Listener:
    """The real model."""
    return Listener()


def from_clip(*options: str) -> bytes:
    """Four seconds of the clip in which people talk, as ffmpeg writes it."""
    program = shutil.which("ffmpeg")
    if program is None or not CLIP.is_file():
        pytest.skip("the clip with speech (../shared/data) or the ffmpeg program is not on this machine")
    command = [program, "-v", "error", "-i", str(CLIP), "-t", "4", "-vn", *options, "pipe:1"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def listen_to(
    listener: Listener, chunks: Sequence[bytes], packed: SoundFormat, *, rate: int = RATE, lost: int = -1
) -> list[SoundReport]:
    """Chunk after chunk, as the server does it; the one numbered `lost` never arrives."""
    memory, at, reports = SoundMemory(), 0.0, []
    for number, chunk in enumerate(chunks):
        if number == lost:
            continue
        report = listener.listen(SoundRequest(chunk, at, packed, rate, memory, after_gap=number == lost + 1 > 0))
        memory, at = report.memory, at + report.seconds
        reports.append(report)
    return reports


def cut(data: bytes, size: int) -> list[bytes]:
    """Pieces of `size` bytes."""
    return [data[start : start + size] for start in range(0, len(data), size)]


def speech_share(reports: Sequence[SoundReport]) -> float:
    """Seconds of speech over seconds of sound."""
    return sum(one.speech * one.seconds for one in reports) / sum(one.seconds for one in reports)


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_real_speech_is_heard_at_any_usual_rate(listener: Listener, rate: int) -> None:
    sound = from_clip("-ac", "1", "-ar", str(rate), "-f", "s16le")
    reports = listen_to(listener, cut(sound, 2 * rate), SoundFormat.PCM16, rate=rate)
    assert sum(one.seconds for one in reports) == pytest.approx(4.0, abs=0.01)
    assert speech_share(reports) > 0.7
    seen = reports[0].heard[0].observation
    assert seen.confidence > 0.8
    assert set(seen.measured) == set(seen.threshold) == {"speech_probability", "level_dbfs", "above_floor_db"}


@pytest.mark.parametrize(("packed", "size"), [("webm", 2000), ("webm", 3011), ("ogg", 2000), ("ogg", 6007)])
def test_an_opus_stream_is_heard_however_it_is_cut(listener: Listener, packed: str, size: int) -> None:
    sound = from_clip("-c:a", "libopus", "-b:a", "24k", "-f", packed)
    reports = listen_to(listener, cut(sound, size), SoundFormat(packed))
    assert sum(one.seconds for one in reports) == pytest.approx(4.0, abs=0.1)
    assert speech_share([one for one in reports if one.seconds]) > 0.7


@pytest.mark.parametrize("packed", ["webm", "ogg"])
def test_a_stream_with_a_hole_is_picked_up_again(listener: Listener, packed: str) -> None:
    options = ["-cluster_time_limit", "500"] if packed == "webm" else ["-page_duration", "200000"]
    sound = from_clip("-c:a", "libopus", "-b:a", "24k", *options, "-f", packed)
    reports = listen_to(listener, cut(sound, 3000), SoundFormat(packed), lost=1)
    assert 2.0 < sum(one.seconds for one in reports) < 3.9
    assert speech_share([one for one in reports if one.seconds]) > 0.6


@pytest.mark.parametrize("level", [0.0, 0.0003, 0.01, 0.1, 0.5])
def test_steady_noise_is_no_speech(listener: Listener, level: float) -> None:
    reports = listen_to(listener, cut(pcm(noise(4, level)), 2 * RATE), SoundFormat.PCM16)
    assert [one.heard for one in reports] == [()] * 4
    assert all(one.level == pytest.approx(20 * np.log10(max(level, 1e-5)), abs=3) or level < 0.001 for one in reports)


def test_steady_noise_costs_nothing_once_its_floor_is_known(listener: Listener) -> None:
    reports = listen_to(listener, cut(pcm(noise(4, 0.002)), 2 * RATE), SoundFormat.PCM16)
    assert min(one.ms for one in reports[1:]) < 5


def test_the_noise_floor_falls_at_once_and_rises_slowly() -> None:
    assert floor_after(None, -20.0, 1.0) == -45.0  # the first chunk may be speech
    assert floor_after(-45.0, -70.0, 1.0) == -70.0
    assert floor_after(-70.0, -30.0, 2.0) == -68.0


def test_clicks_are_left_out_and_small_gaps_closed() -> None:
    windows = np.zeros(60)
    windows[5:7] = 0.9
    windows[20:30], windows[33:40] = 0.9, 0.9
    assert stretches(windows) == [(20, 40)]
    windows[58:] = 0.9  # at the edge it may go on
    assert stretches(windows) == [(20, 40), (58, 60)]


def test_a_tone_keeps_its_pitch_and_what_is_above_the_band_goes() -> None:
    t = np.arange(48_000) / 48_000
    heard = resampled((np.sin(2 * np.pi * 440 * t) + np.sin(2 * np.pi * 12_000 * t)).astype(np.float32), 48_000)
    spectrum = np.abs(np.fft.rfft(heard))
    assert len(heard) == RATE
    assert spectrum.argmax() == 440
    assert np.delete(spectrum, range(430, 451)).max() < spectrum[440] / 50


def hostile() -> Iterator[tuple[str, bytes, SoundFormat | None, int, str]]:
    """P18: name, bytes, declared format, declared rate, why it is refused."""
    second = pcm(noise(1))
    yield "nothing", b"", None, RATE, "empty"
    yield "no samples", wav(b""), None, RATE, "empty"
    yield "half a sample", second[:-1], None, RATE, "malformed"
    yield "too many bytes", b"\0" * (MAX_SOUND_BYTES + 2), None, RATE, "too_large"
    yield "sixteen seconds", b"\0" * (MAX_SOUND_BYTES), None, 8000, "too_long"
    for rate in (0, 1, 10_000_000, -16_000):
        yield f"PCM at {rate} Hz", second, None, rate, "bad_rate"
    for rate in (1, 10_000_000):
        yield f"WAV at {rate} Hz", wav(second, rate=rate), None, RATE, "bad_rate"
    yield "255 channels", wav(second, channels=255), None, RATE, "unsupported_format"
    yield "0 channels", wav(second, channels=0), None, RATE, "unsupported_format"
    floats = np.full(RATE, np.nan, "<f4").tobytes()
    yield "NaN", wav(floats, kind=3, bits=32), None, RATE, "not_a_number"
    yield "infinity", wav(np.full(RATE, np.inf, "<f4").tobytes(), kind=3, bits=32), None, RATE, "not_a_number"
    yield "WAV without data", wav(second)[:40], None, RATE, "truncated"
    yield "WAV without a layout", wav(second).replace(b"fmt ", b"junk"), None, RATE, "malformed"
    yield "a-law", wav(second, kind=6, bits=8), None, RATE, "unsupported_format"
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/secret\n"
    yield "playlist", playlist, None, RATE, "playlist"
    yield "playlist with a mark", b"\xef\xbb\xbf" + playlist, None, RATE, "playlist"
    yield "manifest", b'<?xml version="1.0"?><MPD></MPD>', None, RATE, "playlist"
    yield "shoutcast list", b"[playlist]\nFile1=http://127.0.0.1:9/", None, RATE, "playlist"
    yield "FLAC", b"fLaC" + second, None, RATE, "unsupported_format"
    yield "MP4", b"\0\0\0\x20ftypisom" + second, None, RATE, "unsupported_format"
    yield "MP3", b"ID3\x04" + second, None, RATE, "unsupported_format"


def hostile_streams() -> Iterator[tuple[str, bytes, SoundFormat | None, int, str]]:
    """P18, in a browser's containers."""
    yield "a stream without its header", webm_blocks([SILENT_OPUS]), SoundFormat.WEBM, RATE, "header_missing"
    yield "Vorbis in WebM", webm_header(codec=b"A_VORBIS") + webm_blocks([b"x"]), None, RATE, "unsupported_format"
    yield "WebM, 255 channels", webm_header(channels=255), None, RATE, "unsupported_format"
    yield "WebM, ten hours", webm_header() + webm_blocks([b"\x1f\x3f"] * 9000), None, RATE, "too_long"
    yield "WebM, an element of 2^50 bytes", webm_header() + b"\xa3\x01\x04" + b"\0" * 6, None, RATE, "malformed"
    yield "WebM, no name", webm_header() + b"\0" * 64, None, RATE, "malformed"
    yield "WebM, noise in packets", webm_header() + webm_blocks([]) + b"\xff" * 99, None, RATE, "malformed"
    yield (
        "Ogg without Opus",
        one_page(b"\x01vorbis" + b"\0" * 30, number=0, at=0, kind=FIRST),
        None,
        RATE,
        ("unsupported_format"),
    )
    yield "Ogg, 255 channels", ogg_header(channels=255, family=255), None, RATE, "unsupported_format"
    yield "Ogg, damaged", MAGIC + b"\0\x02" + b"\0" * 60, None, RATE, "header_missing"
    yield (
        "Ogg, ten hours",
        ogg_header() + b"".join(one_page(b"\x1f\x3f", number=n, at=0) for n in range(1, 4000)),
        None,
        RATE,
        "too_long",
    )


@pytest.mark.parametrize(
    ("body", "known", "rate", "code"), [pytest.param(*one[1:], id=one[0]) for one in [*hostile(), *hostile_streams()]]
)
def test_hostile_sound_is_refused_with_a_reason(
    listener: Listener, body: bytes, known: SoundFormat | None, rate: int, code: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SoundRefused) as refused:
        listener.listen(SoundRequest(body, 0.0, format_of(body, known), rate))
    assert refused.value.code == code
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_a_header_of_ten_hours_is_not_believed(listener: Listener) -> None:
    report = listener.listen(SoundRequest(wav(pcm(noise(1)), claimed=2**32 - 1), 0.0, SoundFormat.WAV))
    assert report.seconds == 1.0


def test_random_bytes_never_do_more_than_be_refused() -> None:
    """Damaged streams of all kinds: a reason, or some samples; never another error, never a number that is none."""
    rng = np.random.default_rng(5)
    packets = [SILENT_OPUS] * 40
    whole = {
        SoundFormat.WEBM: webm_header() + webm_blocks(packets),
        SoundFormat.OGG: ogg_file(packets, channels=1, rate=RATE),
        SoundFormat.WAV: wav(pcm(noise(0.2))),
    }
    for number in range(600):
        packed = list(whole)[number % 3]
        body = bytearray(whole[packed])
        for _ in range(rng.integers(1, 12)):
            body[rng.integers(0, len(body))] = rng.integers(0, 256)
        body = body[: rng.integers(4, len(body) + 1)]
        try:
            samples, memory = decode_sound(SoundRequest(bytes(body), 0.0, packed))
        except SoundRefused:
            continue
        assert np.isfinite(samples).all()
        assert len(memory.rest) < 128 * 1024


def test_a_truncated_stream_goes_on_where_it_was_cut() -> None:
    stream = webm_header() + webm_blocks([SILENT_OPUS] * 10)
    for place in range(4, len(stream)):
        webm = WebmStream()
        assert webm.packets(stream[:place]) + webm.packets(stream[place:]) == [SILENT_OPUS] * 10
    stream = ogg_file([SILENT_OPUS] * 10, channels=1, rate=RATE)
    for place in range(6, len(stream)):
        ogg = OggStream()
        assert ogg.packets(stream[:place]) + ogg.packets(stream[place:]) == [SILENT_OPUS] * 10


def test_ogg_checksums_and_lengths_are_those_of_the_standards() -> None:
    page = one_page(b"\x7fTEST", number=3, at=960)
    assert OggStream(channels=1).packets(page) == [b"\x7fTEST"]
    assert checksum_of(b"123456789") == 0x89A1897F  # CRC-32 with Ogg's polynomial, nothing inverted
    assert samples_of(SILENT_OPUS) == 960
    assert samples_of(b"\x1f\x3f") == 2880 * 63


def test_requests_and_reports_survive_the_wire(listener: Listener) -> None:
    memory = SoundMemory(-51.5, 1, 2, b"\0\xff" * 40)
    request = SoundRequest(b"1234", 2.5, SoundFormat.OGG, 48_000, memory, after_gap=True)
    head, _ = PREFIX.unpack_from(pack_sound(request))
    assert sound_from(unpack(pack_sound(request)[PREFIX.size :][:head]), b"1234") == request
    report = listener.listen(SoundRequest(pcm(noise(1)), 1.0, memory=memory))
    packed = pack_sound_report(report)
    assert sound_report_from(unpack(packed[PREFIX.size :])) == report


async def test_sound_goes_through_the_supervised_workers() -> None:
    engine = ProcessEngine(workers=1, faults=True, frame_limit=1.0)
    await engine.start()
    try:
        report = await engine.listen(SoundRequest(pcm(noise(1)), 0.0))
        assert (report.seconds, report.heard) == (1.0, ())
        with pytest.raises(SoundRefused, match="bad_rate"):
            await engine.listen(SoundRequest(pcm(noise(1)), 0.0, rate=1))
        with pytest.raises(SoundRefused, match="quarantined"):
            await engine.listen(SoundRequest(with_fault(pcm(noise(1)), "kill"), 0.0))
        assert (await engine.listen(SoundRequest(pcm(noise(1)), 0.0))).level < SILENCE / 4
        assert (engine.counters.sounds, engine.counters.frames, engine.counters.quarantined) == (2, 0, 1)
    finally:
        await engine.close()


def test_samples_stay_what_they_were(listener: Listener) -> None:
    spoken: Samples = noise(0.5)
    kept, _ = decode_sound(SoundRequest(pcm(spoken), 0.0))
    assert np.abs(kept - spoken).max() < 1 / 16_000
    stereo, _ = decode_sound(SoundRequest(wav(pcm(np.repeat(spoken, 2)), channels=2), 0.0, SoundFormat.WAV))
    assert np.abs(stereo - spoken).max() < 1 / 16_000
