"""Observations of single frames → violations with a beginning and an end. Pure: the time is an argument."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from app.domain.violations import AUDIBLE, RULES, Observation, Rule, ViolationKind

BLIND_AFTER = 10.0
"""Seconds without any judgeable frame after which an open violation ends at its last sighting."""
ANNOUNCE_EVERY = 1.0
"""Media seconds between two "extended" changes of one violation."""
LONGEST_PAUSE = 0.6
"""Seconds of silence within a suspicion of sound; a longer one makes it begin anew: single noises never add up."""
FINEST = 1e-6
"""Tolerance for times that went through JSON or arithmetic."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of sound in which something was heard; times in media seconds."""

    started_at: float
    ended_at: float
    observation: Observation


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one violation. `key` counts on from the first one; a re-opened violation keeps its key.

    Times are media seconds. `ended_at` is None while it is open. `confidence` is that of the whole episode, `seconds`
    its observed length, `count` how often it was opened (timed kinds) or happened (event kinds). `measured` and
    `threshold` are those of its strongest observation.
    """

    action: Literal["opened", "extended", "closed"]
    key: int
    kind: ViolationKind
    started_at: float
    ended_at: float | None
    confidence: float
    seconds: float
    count: int
    measured: dict[str, float]
    threshold: dict[str, float]


@dataclass(slots=True)
class Track:
    """One episode on its way: `key` 0 means that it has not held long enough to be a violation."""

    kind: ViolationKind
    started_at: float
    last_at: float
    key: int = 0
    count: int = 1
    seen: int = 0
    missed: int = 0
    sure: float = 0.0
    seconds: float = 0.0
    announced_at: float = 0.0
    strongest: float = -1.0
    since: float | None = None
    """When what lasts now has begun; None for what does not last."""
    measured: dict[str, float] = field(default_factory=dict)
    threshold: dict[str, float] = field(default_factory=dict)

    def sight(self, observation: Observation, at: float) -> None:
        """Add one observation; confidence outside 0..1 is cut."""
        confidence = min(1.0, max(0.0, observation.confidence))
        self.seconds += max(0.0, at - self.last_at)
        self.last_at = max(at, self.last_at)
        self.seen += 1
        self.sure += confidence
        if confidence > self.strongest:
            self.strongest = confidence
            self.measured, self.threshold = dict(observation.measured), dict(observation.threshold)

    def stop(self, at: float) -> None:
        """What lasted since `since` is over."""
        if self.since is not None:
            self.seconds += max(0.0, at - self.since)
            self.last_at = max(at, self.last_at)
            self.since = None

    def go_on_from(self, earlier: "Track") -> None:
        """Become the earlier violation again: its key and beginning, both episodes' length and certainty."""
        self.key, self.started_at, self.count = earlier.key, earlier.started_at, earlier.count + 1
        self.seen += earlier.seen
        self.sure += earlier.sure
        self.seconds += earlier.seconds
        if earlier.strongest > self.strongest:
            self.strongest, self.measured, self.threshold = earlier.strongest, earlier.measured, earlier.threshold

    def change(self, action: Literal["opened", "extended", "closed"]) -> Change:
        """The change to announce."""
        return Change(
            action=action,
            key=self.key,
            kind=self.kind,
            started_at=self.started_at,
            ended_at=self.last_at if action == "closed" else None,
            confidence=round(self.sure / max(self.seen, 1), 4),
            seconds=round(self.seconds, 3),
            count=self.count,
            measured=dict(self.measured),
            threshold=dict(self.threshold),
        )


def track_from(data: Mapping[str, Any]) -> Track:
    """A track out of `Incidents.dump`."""
    return Track(**{**data, "kind": ViolationKind(data["kind"])})


class Incidents:
    """The violations of one exam session. Times never run backwards: an earlier one is taken as the latest known."""

    def __init__(self, rules: Mapping[ViolationKind, Rule] = RULES, *, first_key: int = 1) -> None:
        self._rules = rules
        self._now = 0.0
        self._heard = 0.0
        self._next_key = first_key
        self._running: dict[ViolationKind, Track] = {}
        self._closed: dict[ViolationKind, Track] = {}

    def see(self, observations: Sequence[Observation], at: float) -> list[Change]:
        """A frame that could be judged: what it shows is confirmed, everything timed that it does not show is not."""
        now = self._advance(at)
        changes = self._close_old(now)
        best: dict[ViolationKind, Observation] = {}
        for observation in observations:
            if observation.confidence < self._rules[observation.kind].least:
                continue
            known = best.get(observation.kind)
            if known is None or observation.confidence > known.confidence:
                best[observation.kind] = observation
        for kind, observation in best.items():
            changes += self._sight(observation, now) if self._rules[kind].timed else self._happen(observation, now)
        seen = [kind for kind in self._running if self._rules[kind].timed and kind not in AUDIBLE]
        for kind in [kind for kind in seen if kind not in best]:
            changes += self._contradict(kind, now)
        return changes

    def hear(self, heard: Sequence[Heard], at: float) -> list[Change]:
        """Sound up to `at` that could be judged: `heard` is confirmed, the rest of the time was silent.

        Sound is judged a second at a time and comes later than pictures, so it has its own latest time.
        """
        changes = []
        for stretch in heard:
            if stretch.observation.confidence < self._rules[stretch.observation.kind].least:
                continue
            kind, start, end = stretch.observation.kind, *map(self._listen, (stretch.started_at, stretch.ended_at))
            changes += self._fall_silent(kind, start)
            changes += self._sight(stretch.observation, start)
            changes += self._sight(stretch.observation, end)
        now = self._listen(at)
        for kind in [kind for kind in self._running if kind in AUDIBLE]:
            changes += self._fall_silent(kind, now)
        return changes

    def unseen(self, at: float) -> list[Change]:
        """Time passes and nothing can be judged: neither confirms nor contradicts, until it lasts too long."""
        return self._close_old(self._advance(at))

    def event(self, observation: Observation, at: float) -> list[Change]:
        """Something happened once (a browser event). Within the cool-down it adds to the violation already open."""
        now = self._advance(at)
        return [*self._close_old(now), *self._happen(observation, now)]

    def begin(self, observation: Observation, at: float) -> list[Change]:
        """Something began that lasts until `end` (the page is hidden). Beginning what has begun changes nothing.

        Kinds with a holding time are noted only when they lasted so long: a system dialog takes the focus for a moment.
        """
        now = self._advance(at)
        changes = self._close_old(now)
        track = self._running.get(observation.kind)
        if track is None or track.since is None:
            if track is None:
                track = self._running[observation.kind] = Track(observation.kind, now, now)
            else:
                track.count += 1
            track.last_at = now
            track.sight(observation, now)
            track.since = now
        return changes + self._lasting(track, now)

    def end(self, kind: ViolationKind, at: float) -> list[Change]:
        """What `begin` began is over; it lasted by our clock, not the client's."""
        now = self._advance(at)
        changes = self._close_old(now)
        track = self._running.get(kind)
        if track is None or track.since is None:
            return changes
        long_enough = now - track.since + FINEST >= self._rules[kind].hold
        track.stop(now)
        if track.key:
            return [*changes, *self._extend(track, now, always=True)]
        if long_enough:
            return [*changes, self._open(track, self._rules[kind], now)]
        del self._running[kind]
        return changes

    def open_now(self, kinds: Collection[ViolationKind], at: float) -> list[Change]:
        """The violations of these kinds that are open at a time, as they stand; nothing happens to them."""
        return [
            track.change("extended")
            for kind, track in self._running.items()
            if track.key
            and kind in kinds
            and (track.since is not None or at - track.last_at <= max(self._rules[kind].cooldown, BLIND_AFTER))
        ]

    def finish(self, at: float) -> list[Change]:
        """The exam session ends: everything open is closed at its last sighting."""
        changes = self._close_old(self._advance(at))
        for kind, track in list(self._running.items()):
            if track.since is not None:
                changes += self._lasting(track, self._now)
                track.stop(self._now)
            changes += self._close(kind)
        return changes

    def dump(self) -> dict[str, Any]:
        """Everything needed to go on after a restart; JSON-able."""
        return {
            "now": self._now,
            "heard": self._heard,
            "next_key": self._next_key,
            "running": [asdict(track) for track in self._running.values()],
            "closed": [asdict(track) for track in self._closed.values()],
        }

    @classmethod
    def load(cls, data: Mapping[str, Any], rules: Mapping[ViolationKind, Rule] = RULES) -> "Incidents":
        """Go on where `dump` was taken."""
        incidents = cls(rules)
        incidents._now = float(data["now"])
        incidents._heard = float(data.get("heard", 0.0))
        incidents._next_key = int(data["next_key"])
        for track in map(track_from, data["running"]):
            incidents._running[track.kind] = track
        for track in map(track_from, data["closed"]):
            incidents._closed[track.kind] = track
        return incidents

    def _advance(self, at: float) -> float:
        self._now = max(self._now, at)
        return self._now

    def _listen(self, at: float) -> float:
        self._heard = max(self._heard, at)
        return self._heard

    def _fall_silent(self, kind: ViolationKind, now: float) -> list[Change]:
        """It was silent up to now: ends what is open after its release, and a mere suspicion after any longer pause."""
        track = self._running.get(kind)
        if track is None:
            return []
        pause = now - track.last_at
        if not track.key and pause > LONGEST_PAUSE + FINEST:
            del self._running[kind]
        elif track.key and pause + FINEST >= self._rules[kind].release:
            return self._close(kind)
        return []

    def _close_old(self, now: float) -> list[Change]:
        """Close what nothing was heard of for too long: timed kinds when blind, event kinds after the cool-down."""
        changes = []
        for kind, track in list(self._running.items()):
            rule = self._rules[kind]
            if track.since is not None:
                changes += self._lasting(track, now)
                continue
            patience = max(BLIND_AFTER, rule.release) if rule.timed else rule.cooldown
            if now - track.last_at > patience + FINEST:
                changes += self._close(kind)
        return changes

    def _sight(self, observation: Observation, now: float) -> list[Change]:
        """One more sighting of a timed kind."""
        rule = self._rules[observation.kind]
        track = self._running.get(observation.kind)
        if track is None:
            track = self._running[observation.kind] = Track(observation.kind, now, now)
        track.sight(observation, now)
        if track.key:
            return self._extend(track, now)
        if now - track.started_at + FINEST < rule.hold:
            return []
        return [self._open(track, rule, now)]

    def _happen(self, observation: Observation, now: float) -> list[Change]:
        """One more event of its kind."""
        track = self._running.get(observation.kind)
        if track is not None and track.key:
            track.count += 1
            track.sight(observation, now)
            return self._extend(track, now, always=True)
        track = self._running[observation.kind] = Track(observation.kind, now, now)
        track.sight(observation, now)
        return [self._open(track, self._rules[observation.kind], now)]

    def _lasting(self, track: Track, now: float) -> list[Change]:
        """Note what has begun once it has lasted its holding time."""
        rule = self._rules[track.kind]
        if track.key or track.since is None or now - track.since + FINEST < rule.hold:
            return []
        return [self._open(track, rule, now)]

    def _contradict(self, kind: ViolationKind, now: float) -> list[Change]:
        """A judged frame does not show what is running; flicker must not hold a suspicion up, nor end a violation."""
        track, rule = self._running[kind], self._rules[kind]
        track.missed += 1
        if now - track.last_at + FINEST >= rule.release:
            return self._close(kind)
        if not track.key and track.missed > track.seen:
            del self._running[kind]
        return []

    def _open(self, track: Track, rule: Rule, now: float) -> Change:
        """Give a key: the old one when the same kind ended within the cool-down, or else the next."""
        earlier = self._closed.pop(track.kind, None)
        if rule.timed and earlier and track.started_at - earlier.last_at <= rule.cooldown + FINEST:
            track.go_on_from(earlier)
        else:
            track.key = self._next_key
            self._next_key += 1
        track.announced_at = now
        return track.change("opened")

    def _extend(self, track: Track, now: float, *, always: bool = False) -> list[Change]:
        if not always and now - track.announced_at + FINEST < ANNOUNCE_EVERY:
            return []
        track.announced_at = now
        return [track.change("extended")]

    def _close(self, kind: ViolationKind) -> list[Change]:
        """End what runs at its last sighting; a suspicion that never became a violation goes without a word."""
        track = self._running.pop(kind)
        if not track.key:
            return []
        self._closed[kind] = track
        return [track.change("closed")]
