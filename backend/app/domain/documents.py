"""What a student may be asked to show before an exam."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """An identity document, or the room."""

    ID = "id"
    ROOM = "room"


MOST_OF_A_KIND = 8
"""Pictures of one kind in one sitting; more are refused."""
