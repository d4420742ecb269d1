"""Who may do what, by role."""

from enum import StrEnum


class Role(StrEnum):
    """The seed's three roles."""

    ADMIN = "admin"
    TEACHER = "teacher"
    STUDENT = "student"


class Language(StrEnum):
    """Languages of the product, as in `preferred_language`."""

    ENGLISH = "en"
    BANGLA = "bn"
