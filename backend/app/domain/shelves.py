"""Which key seals what: pictures go earlier than answers, so each lie under a key of their own."""

from enum import StrEnum


class Shelf(StrEnum):
    """What lies together and is destroyed together."""

    PICTURES = "pictures"
    """Evidence, documents, recordings and the face template of a sitting."""
    RECORD = "record"
    """Files handed in as answers, and the digests of the sitting's chain."""
    ACCOUNT = "account"
    """A person's own portrait."""
