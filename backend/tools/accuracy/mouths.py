"""How often a voice that is not the student's, and a mouth that moves without a voice, are noted.

Lips drawn apart on real portraits as loud as a synthesiser speaks, and the one real clip of somebody heard and seen
at once. Run in backend/: `python -m tools.accuracy.mouths` (needs espeak-ng).
"""

import argparse
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from app.ai.face_search import FaceSearch, Recall
from app.ai.landmarks import Mesh
from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.sound import Listener
from app.ai.sound_decode import RATE, Samples
from app.ai.sound_types import SoundMemory, SoundRequest
from app.ai.types import FrameRequest, Memory
from app.domain.incidents import Incidents
from app.domain.presets import Preset, rules_for
from app.domain.violations import ViolationKind
from app.services.hearing import Ear, placed
from tools.accuracy.fairness import most_per_hour
from tools.accuracy.hours import NOISES, Person, movement, noises, people, shown
from tools.accuracy.kinds import wilson
from tools.accuracy.scenes import DATA, VIDEOS, video_frames
from tools.accuracy.voices import HELD_BACK, utterances
from tools.accuracy.worn import warped

KINDS = (ViolationKind.VOICE_ELSEWHERE, ViolationKind.SILENT_SPEECH)
OTHERS = frozenset(ViolationKind) - set(KINDS)
SECONDS, FPS = 45, 1.5
INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
LOWER = (*INNER[11:], 61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 18, 200, 199, 175, 152, 148, 377, 176, 400)
WIDEST = 0.45
"""Lips' distance over the mouth's width where speech is loudest."""


@dataclass(frozen=True, slots=True)
class Case:
    """Pictures at times, and the sound; which kind is due."""

    group: str
    due: ViolationKind | None
    picture: Callable[[float], Picture]
    sound: Samples


def opened(pixels: Picture, mesh: Mesh, share: float) -> Picture:
    """The lower lip and chin moved down by a share of the mouth's width, dark between the lips."""
    points = mesh.points[:, :2].astype(np.float64)
    width = float(np.hypot(*(points[78] - points[308])))
    weight = np.zeros(len(points))
    weight[list(LOWER)] = 1.0
    weight[[78, 308, 61, 291]] = 0.1
    target = points.copy()
    target[:, 1] += weight * share * width
    middle = points.mean(axis=0)
    rim = (points[[10, 338, 284, 454, 397, 152, 172, 234, 54]] - middle) * 1.6 + middle
    found = warped(pixels, np.concatenate([points, rim]), np.concatenate([target, rim]))
    if share > 0.04:
        cv2.fillPoly(found, [np.round(target[list(INNER)]).astype(np.int32)], (45, 18, 18), lineType=cv2.LINE_AA)
    return found


def loudness(sound: Samples, at: float) -> float:
    """0..1 around a moment."""
    part = sound[max(0, int((at - 0.04) * RATE)) : int((at + 0.04) * RATE)]
    return min(1.0, float(np.sqrt(np.mean(np.square(part)))) / 0.12) if len(part) else 0.0


def spoken(rng: np.random.Generator, seconds: float) -> Samples:
    """Sentences with short pauses; a quiet room behind."""
    room = rng.normal(0, 0.0008, int(seconds * RATE)).astype(np.float32)
    sentences, at = list(utterances(HELD_BACK)), int(rng.uniform(0, 0.5) * RATE)
    while at < len(room):
        one = sentences[int(rng.integers(len(sentences)))].samples[: len(room) - at]
        room[at : at + len(one)] += one * (0.1 / max(float(np.sqrt(np.mean(np.square(one)))), 1e-6))
        at += len(one) + int(rng.uniform(0.2, 0.9) * RATE)
    return room.clip(-1, 1)


def clip_sound() -> Samples:
    """The real clip's sound, from ffmpeg."""
    program = shutil.which("ffmpeg") or "ffmpeg"
    command = [program, "-v", "error", "-i", str(DATA / VIDEOS[2]), "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return (np.frombuffer(raw, "<i2") / 32768).astype(np.float32)


def still(person: Person, rng: np.random.Generator) -> Callable[[float], Picture]:
    """Somebody who sways and says nothing."""
    moves = movement(rng, share=float(rng.uniform(0.2, 0.3)))
    return lambda at: shown(person, int(at), next(moves), rng)


def talking(person: Person, rng: np.random.Generator, wide: Callable[[float], float]) -> Callable[[float], Picture]:
    """The same with lips that part."""
    calm, search = still(person, rng), FaceSearch()
    recall: Recall = {}

    def picture(at: float) -> Picture:
        pixels = calm(at)
        faces = search.look(pixels, at, recall)
        share = WIDEST * wide(at)
        return opened(pixels, faces[0].mesh, share) if faces and share > 0.01 else pixels

    return picture


def cases(rng: np.random.Generator, rounds: int) -> Iterator[Case]:
    """Everybody speaks, listens, mouths and is silent; the real clip with and without its own sound."""
    quiet = rng.normal(0, 0.0008, SECONDS * RATE).astype(np.float32)
    for person in [one for one in people() for _ in range(rounds)]:
        speech, other = spoken(rng, SECONDS), spoken(rng, SECONDS)
        aloud, mouthing = (lambda at, s=speech: loudness(s, at)), (lambda at, s=other: loudness(s, at))
        yield Case("speaks aloud", None, talking(person, rng, aloud), speech)
        yield Case("another voice, own mouth rests", KINDS[0], still(person, rng), speech)
        yield Case("mouth moves, nothing heard", KINDS[1], talking(person, rng, mouthing), quiet)
        yield Case("rests, nothing heard", None, still(person, rng), quiet)
        yawn = talking(person, rng, lambda at: float(15 <= at % 20 < 18))
        yield Case("yawns now and then, nothing heard", None, yawn, quiet)
    film, sound = video_frames(VIDEOS[2], 0.25), clip_sound()
    forth = [*film, *film[-2:0:-1]]
    long_sound = np.resize(np.concatenate([sound, sound[::-1]]), SECONDS * RATE).astype(np.float32)
    centre = video_frames(VIDEOS[0], 0.25)
    back = [*centre, *centre[-2:0:-1]]
    yield Case("real clip with its sound", None, lambda at: forth[int(at * 4) % len(forth)], long_sound)
    yield Case("real clip, nothing heard", KINDS[1], lambda at: forth[int(at * 4) % len(forth)], quiet)
    yield Case("real video, the clip's sound", KINDS[0], lambda at: back[int(at * 4) % len(back)], long_sound)
    yield Case("real video, nothing heard", None, lambda at: back[int(at * 4) % len(back)], quiet)


def noted(
    pipeline: Pipeline, listener: Listener, case: Case, rng: np.random.Generator
) -> dict[Preset, dict[str, float]]:
    """Kind → when it was first noted, by preset; sound is judged a second late, as on the wire."""
    ear, sound_memory, heard_until = Ear(), SoundMemory(), 0
    memory: Memory = {}
    incidents = {preset: Incidents(rules_for(preset)) for preset in Preset}
    found: dict[Preset, dict[str, float]] = {preset: {} for preset in Preset}
    for at in np.arange(0, SECONDS, 1 / FPS):
        while heard_until + 1 <= at:
            chunk = case.sound[heard_until * RATE : (heard_until + 1) * RATE]
            body = (chunk * 32767).astype("<i2").tobytes()
            report = listener.listen(SoundRequest(body, 0.0, memory=sound_memory))
            sound_memory, heard_until = report.memory, heard_until + 1
            ear.note(placed(report, float(heard_until)), report.seconds)
        pixels = case.picture(float(at))
        grain = noises()[int(rng.integers(NOISES))]
        if grain.shape == pixels.shape:
            pixels = (pixels.astype(np.int16) + grain).clip(0, 255).astype(np.uint8)
        request = FrameRequest(encode(pixels, 65), float(at), memory, disabled=OTHERS, speech=ear.speech(float(at)))
        seen = pipeline.look(request)
        memory = seen.memory
        for preset in Preset:
            for change in incidents[preset].see(seen.observations, seen.at):
                if change.action == "opened":
                    found[preset].setdefault(change.kind, seen.at)
    return found


def main() -> None:
    """Print one line for each group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="", help="groups whose name contains this")
    options = parser.parse_args()
    rng, pipeline, listener = np.random.default_rng(options.seed), Pipeline(), Listener()
    results: dict[str, list[tuple[ViolationKind | None, dict[Preset, dict[str, float]]]]] = defaultdict(list)
    for case in cases(rng, options.rounds):
        if options.only not in case.group:
            continue
        results[case.group].append((case.due, noted(pipeline, listener, case, rng)))
        print(case.group, dict(results[case.group][-1][1][Preset.STANDARD]), flush=True)
    print("| what | preset | due | noted | 95 % | other notes |\n|---|---|---|---|---|---|")
    wrong, hours = 0, sum(map(len, results.values())) * SECONDS / 3600
    for group, runs in results.items():
        for preset in Preset:
            due = runs[0][0]
            hits = sum(due in found[preset] for _, found in runs)
            other = sum(len(found[preset]) for _, found in runs) - hits
            wrong += other if preset == Preset.STANDARD else 0
            low, high = wilson(hits, len(runs))
            share = "–" if due is None else f"{hits} of {len(runs)}"
            print(f"| {group} | {preset} | {due or '–'} | {share} | {low:.0%}–{high:.0%} | {other} |")
    print(f"{wrong} wrong notes in {hours:.2f} h (standard): at most {most_per_hour(wrong, hours):.1f} an hour")


if __name__ == "__main__":
    main()
