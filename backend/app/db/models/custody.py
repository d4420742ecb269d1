"""The chain of custody of sittings, and what was signed of it. Rows are only ever added (the database refuses more)."""

from datetime import datetime

from sqlalchemy import DateTime, LargeBinary, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base


class CustodyLink(Base):
    """One link. Personal data: none once the sitting's key is destroyed (keyed digests and ids); stays.

    No foreign key: the chain outlives the sitting, to show that and when it was erased.
    """

    __tablename__ = "custody_links"

    exam_session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(64))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the thing, made with the sitting's own key."""
    at: Mapped[datetime]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Of this link and the one before it."""


class CustodyManifest(Base):
    """How long a closed sitting's chain is and how it ends, signed. Personal data: ids only; stays."""

    __tablename__ = "custody_manifests"

    exam_session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    statement: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class CustodyStamp(Base):
    """What an outside authority (RFC 3161) says of a manifest: it was there by then. Personal data: none; stays."""

    __tablename__ = "custody_stamps"

    exam_session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the manifest."""
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """The moment the authority gives."""
