"""When a student is told what to mend: after a while, once, and not again before it was good in between."""

from collections.abc import Sequence

from app.domain.violations import NeutralState

PATIENCE_SECONDS = 3.0
RECOVERY_SECONDS = 5.0
PAUSE_SECONDS = 60.0
LONGER = 4.0
"""Each pause between two words on the same trouble is so many times the one before: who has heard it twice knows."""


class Adviser:
    """Ten minutes in the dark are one piece of advice, not sixty.

    A trouble is over when good pictures came for a while: dark, blurred and glaring ones in turn are three troubles,
    each told once, and a slow line is no recovery. One that was not seen for a whole pause is over too.
    """

    def __init__(self) -> None:
        self._since: dict[NeutralState, float] = {}
        self._seen: dict[NeutralState, float] = {}
        self._given: dict[NeutralState, float] = {}
        self._pause: dict[NeutralState, float] = {}
        self._good_since: float | None = None

    def advise(self, states: Sequence[NeutralState], at: float) -> NeutralState | None:
        """The state worth a word at media time `at` (seconds), or None."""
        well_again = self._good_since is not None and at - self._good_since > RECOVERY_SECONDS
        self._good_since = None if states else at if self._good_since is None else self._good_since
        for state, seen in list(self._seen.items()):
            if well_again or at - seen > PAUSE_SECONDS:
                del self._seen[state], self._since[state]
        for state in states:
            self._since.setdefault(state, at)
            self._seen[state] = at
            if at - self._since[state] >= PATIENCE_SECONDS and self._due(state, at):
                self._pause[state] = self._pause.get(state, PAUSE_SECONDS / LONGER) * LONGER
                self._given[state] = at
                return state
        return None

    def _due(self, state: NeutralState, at: float) -> bool:
        given = self._given.get(state)
        return given is None or (given < self._since[state] and at - given >= self._pause[state])
