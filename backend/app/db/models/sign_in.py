"""Ways in beside the password: mailed links, and accounts at an identity provider."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class PasswordReset(Row, Base):
    """A mailed link to a new password, good once. Personal data: none; purged a day after it expires."""

    __tablename__ = "password_resets"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ExternalIdentity(Row, Base):
    """An account of ours and the same person's at the identity provider.

    Personal data: the provider's name for the person; deleted with the account.
    """

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))


class ProviderLogin(Row, Base):
    """A login that somebody has begun at the identity provider. Personal data: none; purged when expired."""

    __tablename__ = "provider_logins"

    state: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    browser_hash: Mapped[str] = mapped_column(String(64))
    """Of a secret that only the browser has that began: nobody is logged in with somebody else's code."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
