"""Whether a screen that was shared still comes. Pure: the time is an argument, in seconds since the sitting's start."""

from dataclasses import dataclass

SILENT_AFTER = 20.0
"""Seconds without any frame of the screen after which its sharing has stopped …"""
CAMERA_FRAMES = 8
"""… if the main camera sent this many meanwhile: a line that is down or slow stops nothing."""


@dataclass(slots=True)
class ScreenShare:
    """Sharing that never began does not stop. A lost line begins the wait anew."""

    shared: bool = False
    stopped: bool = False
    waiting_since: float = 0.0
    camera_frames: int = 0

    def restart(self, at: float) -> None:
        """A new connection, or the end of a pause."""
        self.waiting_since, self.camera_frames = at, 0

    def screen(self, at: float) -> None:
        """A frame of the screen has come."""
        self.shared = True
        self.restart(at)

    def camera(self) -> None:
        """A frame of the main camera has come."""
        self.camera_frames += 1

    def silent(self, at: float) -> float | None:
        """Seconds without the screen where they are too many; None where all is well."""
        seconds = at - self.waiting_since
        if not self.shared or seconds < SILENT_AFTER or self.camera_frames < CAMERA_FRAMES:
            return None
        return seconds
