"""The first look at sound from outside: its size and its first bytes; plain Python, for the server process too."""

from app.ai.sound_types import SoundFormat, SoundRefused

MAX_SOUND_BYTES = 256 * 1024
"""Eight seconds of PCM16 at 16 kHz, or a minute of Opus."""
LONGEST_SOUND = 10.0
"""Seconds one chunk may last, whatever its header says."""
RATES = frozenset({8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000})
WEBM_MAGIC, OGG_MAGIC = b"\x1aE\xdf\xa3", b"OggS"
REFUSED = {
    b"#EXTM3U": "playlist",
    b"[playlist]": "playlist",
    b"<?xml": "playlist",
    b"<MPD": "playlist",
    b"RIFX": "unsupported_format",
    b"fLaC": "unsupported_format",
    b"ID3": "unsupported_format",
    b"caff": "unsupported_format",
    b".snd": "unsupported_format",
    b"FORM": "unsupported_format",
}
"""Beginnings of what is no sound of ours. A playlist would make some decoders open its addresses; none is asked."""


def format_of(body: bytes, known: SoundFormat | None = None) -> SoundFormat:
    """The format of a chunk: by its first bytes, or else the one `known` from the chunks before; raises SoundRefused.

    Without a beginning that says otherwise, and with nothing known, a chunk is PCM16.
    """
    if not body:
        raise SoundRefused("empty")
    if len(body) > MAX_SOUND_BYTES:
        raise SoundRefused("too_large")
    if known is SoundFormat.PCM16:
        return known
    if body.startswith(WEBM_MAGIC):
        return SoundFormat.WEBM
    if body[:4] == b"RIFF" and body[8:12] == b"WAVE":
        return SoundFormat.WAV
    if body.startswith(OGG_MAGIC):
        return SoundFormat.OGG
    start = body[:16].lstrip(b"\xef\xbb\xbf \r\n\t")
    for magic, code in REFUSED.items():
        if start.startswith(magic):
            raise SoundRefused(code)
    if body[4:8] == b"ftyp":
        raise SoundRefused("unsupported_format")
    return known if known in {SoundFormat.WEBM, SoundFormat.OGG} else SoundFormat.PCM16


def checked_rate(rate: int) -> int:
    """A sample rate that a microphone has; raises SoundRefused("bad_rate")."""
    if rate not in RATES:
        raise SoundRefused("bad_rate")
    return rate
