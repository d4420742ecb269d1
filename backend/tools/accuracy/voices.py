"""Speech from a synthesiser (espeak-ng, where it is installed), in several languages and voices."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.ai.sound_decode import RATE, Samples, wav

SENTENCES = {
    "en-us": ("The answer to the fourth question is nineteen.", "Can you read me the next one please?"),
    "en-gb": ("I think it must be the second option.", "Wait a moment, I will look it up for you."),
    "bn": ("চতুর্থ প্রশ্নের উত্তর হলো উনিশ।", "একটু দাঁড়াও, আমি বইটা দেখে বলছি।"),
    "hi": ("चौथे सवाल का जवाब उन्नीस है।", "एक मिनट रुको, मैं देखकर बताता हूँ।"),
    "de": ("Die Antwort auf Frage vier ist neunzehn.", "Warte einen Augenblick, ich sehe nach."),
    "fr-fr": ("La réponse à la question quatre est dix-neuf.", "Attends un moment, je vais regarder."),
    "es": ("La respuesta a la cuarta pregunta es diecinueve.", "Espera un momento, voy a mirarlo."),
    "ar": ("جواب السؤال الرابع هو تسعة عشر.", "انتظر لحظة سأبحث عنه."),
}
TUNING = ("", "m3", "f2")
HELD_BACK = ("m1", "f4", "Andy", "steph")
"""Voices never listened to while thresholds were chosen."""
SPEEDS = (140, 175, 210)
"""Words per minute."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody says one sentence; 16 kHz, silence at both ends cut off."""

    language: str
    voice: str
    samples: Samples

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return len(self.samples) / RATE


def synthesiser() -> str | None:
    """Where espeak-ng is; None where it is not."""
    return shutil.which("espeak-ng")


def utterances(voices: tuple[str, ...], *, shortest: float = 1.0) -> Iterator[Utterance]:
    """Every sentence in every voice that takes at least `shortest` seconds."""
    program = synthesiser()
    if program is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        for number, (language, sentences) in enumerate(SENTENCES.items()):
            for voice in voices:
                for sentence in sentences:
                    name = f"{language}+{voice}" if voice else language
                    speed = SPEEDS[(number + len(sentence)) % len(SPEEDS)]
                    command = [program, "-v", name, "-s", str(speed), "-w", str(path), "--", sentence]
                    subprocess.run(command, check=True, capture_output=True)
                    spoken = without_silence(wav(path.read_bytes()))
                    if len(spoken) >= shortest * RATE:
                        yield Utterance(language, voice or "default", spoken)


def without_silence(samples: Samples, *, level: float = 0.01) -> Samples:
    """From the first to the last sample that is louder than `level`."""
    loud = (abs(samples) > level).nonzero()[0]
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]
