"""How a report says things in its language: words, numbers, times."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.core.i18n import BANGLA_DIGITS, Value, text
from app.domain.roles import Language
from app.domain.violations import NeutralState, ViolationKind

PAGE_NUMBERS = {Language.ENGLISH: "1 / 1", Language.BANGLA: "১ / ১"}


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language, times of one zone."""

    language: Language
    zone: ZoneInfo

    def __call__(self, key: str, **params: Value) -> str:
        """A text of `reports.json`."""
        return text("reports", key, self.language, params)

    def kind(self, kind: ViolationKind) -> str:
        """The name of a violation kind."""
        return text("violations", f"{kind}.name", self.language)

    def explanation(self, kind: ViolationKind) -> str:
        """One sentence about it."""
        return text("violations", f"{kind}.description", self.language)

    def state(self, state: NeutralState) -> str:
        """The name of a reason for not seeing."""
        return text("states", f"{state}.name", self.language)

    def digits(self, shown: str) -> str:
        """Digits as the language writes them."""
        return shown.translate(BANGLA_DIGITS) if self.language is Language.BANGLA else shown

    def number(self, value: float, places: int = 0) -> str:
        """With so many places after the point."""
        return self.digits(f"{value:.{places}f}")

    def percent(self, share: float) -> str:
        """A share 0..1."""
        return f"{self.number(100 * share)}%"

    def clock(self, at: datetime) -> str:
        """The time of day in the institution's zone."""
        return self.digits(f"{at.astimezone(self.zone):%H:%M:%S}")

    def moment(self, at: datetime) -> str:
        """Day and time, with the name of the zone."""
        here = at.astimezone(self.zone)
        day = format_date(here.date(), "d MMMM y", locale=self.language.value)
        return f"{self.digits(day)}, {self.digits(f'{here:%H:%M}')} ({self.zone.key})"

    def duration(self, seconds: float) -> str:
        """Seconds, or minutes and seconds."""
        minutes, rest = divmod(round(seconds), 60)
        if not minutes:
            return self("duration_seconds", seconds=self.number(seconds, 0 if seconds >= 10 else 1))
        return self("duration", minutes=self.number(minutes), seconds=self.number(rest))

    def measured(self, values: dict[str, float]) -> str:
        """What a detector measured, name by name."""
        shown = {name: self.number(value, 0 if value == round(value) else 2) for name, value in values.items()}
        return ", ".join(f"{self._measure(name)} {shown[name]}" for name in sorted(shown))

    def _measure(self, name: str) -> str:
        shown = self(f"measured.{name}")
        return name if shown.startswith("measured.") else shown
