"""People and their way in."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base_class import Base, Row
from app.domain.roles import Language, Role


class User(Row, Base):
    """A person. Personal data: e-mail, name, password hash; gone when an administrator deletes the account."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('admin', 'teacher', 'student')", name="role"),)

    email: Mapped[str] = mapped_column(String(320), unique=True)
    """Normalised by `schemas/users.py` (NFKC, lower case), so that equality is the database's own."""
    full_name: Mapped[str] = mapped_column(String(200))
    hashed_password: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(String(16))
    is_active: Mapped[bool] = mapped_column(default=True)
    preferred_language: Mapped[Language] = mapped_column(String(8), default=Language.ENGLISH)
    mail_digest: Mapped[bool] = mapped_column(default=True)
    """Whether what was not read in the app is sent by mail, now and then."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    demo_data: Mapped[bool] = mapped_column(default=False)
    """Nobody: made for demonstration, without a login; goes with all of that."""
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_expires_at: Mapped[datetime | None]
    token_version: Mapped[int] = mapped_column(default=0)
    """Raised on log-out everywhere, password change, role change and disabling: older tokens die."""


class RefreshToken(Row, Base):
    """One link of a chain of refresh tokens; using a used one ends the chain.

    Personal data: none; purged when expired.
    """

    __tablename__ = "refresh_tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    family: Mapped[uuid.UUID] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(64))
    """Digest of the client that has used it: for some seconds it may do so again, for an answer that was lost."""
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")


class SocketTicket(Base):
    """A one-use way into one socket, consumed by one UPDATE. Personal data: none; purged when expired."""

    __tablename__ = "socket_tickets"

    jti: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
