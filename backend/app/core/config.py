"""Settings: every one has a default, a meaning and one place; `.env.example` is generated from here."""

import os
import secrets
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core.key_files import made_once

REPOSITORY = Path(__file__).resolve().parents[3]


class Environment(StrEnum):
    """Where the server runs; production refuses what development forgives."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class MailSecurity(StrEnum):
    """How the line to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Settings(BaseSettings):
    """Read from the environment, then from `.env` in the repository or in `backend/`."""

    model_config = SettingsConfigDict(
        env_file=(REPOSITORY / ".env", REPOSITORY / "backend" / ".env"), extra="ignore", env_ignore_empty=True
    )

    ENVIRONMENT: Environment = Field(Environment.DEVELOPMENT, description="development, test or production.")
    HOST: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 behind a proxy.")
    PORT: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    DEBUG: bool = Field(False, description="Verbose logs. Refused in production.")

    DATABASE_URL: SecretStr | None = Field(
        None, description="postgresql://user:password@host/auto_proctoring. Unset: an embedded PostgreSQL in VAR_DIR."
    )
    DATABASE_OWNER_URL: SecretStr | None = Field(
        None, description="The same database as the owner of its tables, for migrations. Unset: DATABASE_URL."
    )
    DATABASE_POOL: int = Field(10, ge=1, description="Database connections kept open.")
    DATABASE_OVERFLOW: int = Field(5, ge=0, description="Database connections opened beyond the pool under load.")
    VAR_DIR: Path = Field(REPOSITORY / "var", description="Where the server keeps its own files.")
    EVIDENCE_DIR: Path | None = Field(None, description="Where evidence is kept. Unset: VAR_DIR/evidence.")
    WEB_DIR: Path = Field(REPOSITORY / "frontend" / "dist", description="The built web application.")

    SECRET_KEY: SecretStr | None = Field(
        None, description="Signs tokens; at least 32 random bytes. Unset in development: made once in VAR_DIR."
    )
    PREVIOUS_SECRET_KEY: SecretStr | None = Field(
        None, description="The key before a rotation; its tokens are accepted until they end."
    )
    MASTER_KEY_FILE: Path | None = Field(
        None,
        description="Master keys, which open all that is sealed. Unset: VAR_DIR/master_key.",
    )
    SIGNING_KEY_FILE: Path | None = Field(
        None, description="File of the key that signs closed exam sessions. Unset: VAR_DIR/signing_key."
    )
    TIMESTAMP_URL: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Time-stamp authority (RFC 3161) that dates signed exam sessions. Unset: nobody does.",
    )
    TIMESTAMP_CERTIFICATES_FILE: Path | None = Field(
        None, description="Its certificates (PEM), to check what it answers. Unset: only that it answers our question."
    )
    SCRUB_MB_PER_SECOND: int = Field(
        20, ge=1, le=1000, description="How fast stored pieces are read again at night, at most."
    )
    PASSWORD_MIN_LENGTH: int | None = Field(
        None, ge=8, le=64, description="Shortest password. Unset: 15 in production, 8 elsewhere."
    )
    LOGIN_FREE_FAILURES: int | None = Field(
        None, ge=1, le=100, description="Wrong logins in a row before waits begin. Unset: 5 in production, else 50."
    )
    IMPORTS_PER_HOUR: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Imports of one person that change something. Unset: 5 in production, else 500.",
    )
    EXPORTS_PER_HOUR: int | None = Field(
        None, ge=1, le=10_000, description="Exports of one person, bundles included. Unset: 10 in production, else 500."
    )
    ACCESS_TOKEN_MINUTES: int = Field(15, ge=1, le=60, description="Life of an access token.")
    REFRESH_TOKEN_DAYS: int = Field(14, ge=1, le=90, description="Life of a refresh token.")
    TICKET_SECONDS: int = Field(60, ge=5, le=60, description="Life of a one-use socket ticket.")
    WS_ALLOW_ACCESS_TOKEN: bool | None = Field(
        None, description="Accept an access token in a socket's address. Unset: only outside production."
    )
    ALLOWED_ORIGINS: list[str] | None = Field(
        None,
        description="Other origins whose pages may call us, as a JSON list; no wildcard. "
        "Unset: localhost:3000 and localhost:5173, in production none.",
    )
    TRUSTED_PROXIES: list[str] = Field(
        ["127.0.0.1", "::1"],
        description="Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto count, as a JSON list.",
    )
    ALLOW_REMOTE_DEMO: bool = Field(False, description="Let demo accounts log in from elsewhere. Never in production.")
    FIRST_ADMIN_EMAIL: str | None = Field(
        None, description="Production: the first administrator, on an empty database."
    )
    FIRST_ADMIN_PASSWORD_FILE: Path | None = Field(None, description="Production: file with that person's password.")

    PUBLIC_URL: str = Field(
        "http://localhost:8000", description="Where people reach this server; links in mails begin with it."
    )
    SMTP_HOST: str | None = Field(
        None, description="Mail server. Unset: no mail is sent; notifications are in the app."
    )
    SMTP_PORT: int = Field(587, ge=1, le=65535, description="Its port: usually 587 with starttls, 465 with tls.")
    SMTP_SECURITY: MailSecurity = Field(MailSecurity.STARTTLS, description="starttls, tls or none.")
    SMTP_USERNAME: str | None = Field(None, description="Login at the mail server, if it wants one.")
    SMTP_PASSWORD: SecretStr | None = Field(None, description="Password of that login.")
    MAIL_FROM: str = Field("360° Proctor <noreply@localhost>", description="Sender of our mails.")
    PASSWORD_RESET_MINUTES: int = Field(30, ge=5, le=1440, description="Life of a mailed link to a new password.")
    OIDC_ISSUER: str | None = Field(None, description="OpenID Connect provider. Unset: people log in by password only.")
    OIDC_CLIENT_ID: str = Field("", description="Our name at the provider.")
    OIDC_CLIENT_SECRET: SecretStr | None = Field(None, description="Our secret there, if it gave us one.")
    OIDC_NAME: str = Field("", description="What the button says, such as the school's name.")
    OIDC_CREATE_ACCOUNTS: bool = Field(True, description="Whether people unknown to us become students.")
    MAIL_DIGEST_MINUTES: int = Field(30, ge=1, le=1440, description="How often unread notifications are mailed.")

    ANALYSIS_WORKERS: int = Field(os.cpu_count() or 1, ge=1, le=64, description="Analysis processes; one a core.")
    MAX_FPS: float = Field(2.0, gt=0, le=30, description="Frames per second asked of one student.")
    MAX_FRAME_BYTES: int = Field(256 * 1024, ge=16 * 1024, le=256 * 1024, description="Largest picture accepted.")
    MESSAGES_PER_SECOND: float = Field(20.0, gt=0, description="Text messages one student may send, in the long run.")
    MESSAGE_BURST: int = Field(200, ge=1, description="Text messages one student may send at once (an outbox).")
    RECHECK_SECONDS: float = Field(8.0, gt=0, le=10, description="How often an open socket's account is checked again.")
    PING_SECONDS: float = Field(15.0, gt=0, le=45, description="How often an open live page hears from the server.")
    IDLE_SECONDS: float = Field(60.0, gt=0, description="A student socket silent for so long is closed (4408).")

    @cached_property
    def evidence_dir(self) -> Path:
        """Where evidence is kept."""
        return self.EVIDENCE_DIR or self.VAR_DIR / "evidence"

    @cached_property
    def secret_key(self) -> str:
        """The signing key; in development made once, readable by the owner alone."""
        if self.SECRET_KEY is not None:
            return self.SECRET_KEY.get_secret_value()
        return made_once(self.VAR_DIR / "secret_key", lambda: secrets.token_urlsafe(48))

    @cached_property
    def master_key_file(self) -> Path:
        """Where the master keys are; outside production the file is made when first needed."""
        return self.MASTER_KEY_FILE or self.VAR_DIR / "master_key"

    @cached_property
    def signing_key_file(self) -> Path:
        """Where the key is that signs closed exam sessions."""
        return self.SIGNING_KEY_FILE or self.VAR_DIR / "signing_key"

    @property
    def imports_per_hour(self) -> int:
        """Of one person."""
        return self.IMPORTS_PER_HOUR or (5 if self.production else 500)

    @property
    def import_readings_per_hour(self) -> int:
        """Files of one person that are read for an import: a list is tried out before it is right."""
        return 6 * self.imports_per_hour

    @property
    def exports_per_hour(self) -> int:
        """Of one person."""
        return self.EXPORTS_PER_HOUR or (10 if self.production else 500)

    @property
    def origins(self) -> list[str]:
        """Other origins whose pages may call us."""
        if self.ALLOWED_ORIGINS is not None:
            return self.ALLOWED_ORIGINS
        return [] if self.production else ["http://localhost:3000", "http://localhost:5173"]

    @property
    def production(self) -> bool:
        """Whether real people depend on this server."""
        return self.ENVIRONMENT is Environment.PRODUCTION

    @property
    def socket_access_tokens(self) -> bool:
        """Whether a socket's address may carry a plain access token instead of a ticket."""
        return not self.production if self.WS_ALLOW_ACCESS_TOKEN is None else self.WS_ALLOW_ACCESS_TOKEN


@lru_cache
def get_settings() -> Settings:
    """The process's settings. `create_app` takes them as an argument; only entry points call this."""
    return Settings()
