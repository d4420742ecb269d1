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

    A trouble is over when nothing at all was wrong for a while: dark, blurred and glaring pictures in turn are three
    troubles, each told once. One that was not seen for a whole pause is over too.
    """

    def __init__(self) -> None:
        self._since: dict[NeutralState, float] = {}
        self._seen: dict[NeutralState, float] = {}
        self._given: dict[NeutralState, float] = {}
        self._pause: dict[NeutralState, float] = {}
        self._bad_at = -RECOVERY_SECONDS

    def advise(self, states: Sequence[NeutralState], at: float) -> NeutralState | None:
        """The state worth a word at media time `at` (seconds), or None."""
        well_again = at - self._bad_at > RECOVERY_SECONDS
        for state, seen in list(self._seen.items()):
            if well_again or at - seen > PAUSE_SECONDS:
                del self._seen[state], self._since[state]
        for state in states:
            self._bad_at = at
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
