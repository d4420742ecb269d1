"""Where evidence lies."""

from app.core.config import Settings
from app.storage.base import EvidenceStore
from app.storage.local import LocalStore

__all__ = ["EvidenceStore", "LocalStore", "open_storage"]


def open_storage(settings: Settings) -> EvidenceStore:
    """The store the settings name."""
    return LocalStore(settings.evidence_dir)
