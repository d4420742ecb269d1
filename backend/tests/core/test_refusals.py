"""D6: production does not start with settings that somebody else could guess, and never repeats a secret."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.core.config import Environment, Settings
from app.core.key_files import replace_file
from app.core.master_keys import new_master_key
from app.core.refusals import Refused, refuse_settings
from app.core.signing import Signer

GOOD_KEY = "Zr8vQ1mX4kT7cW2nB9yL5hG3dF6sJ0aPeUiOqRtY"
GOOD_URL = "postgresql://exam:k4J-s8dQpz@db.example.org/auto_proctoring"

BAD: dict[str, dict[str, Any]] = {
    "no key": {"SECRET_KEY": None},
    "empty key": {"SECRET_KEY": SecretStr("")},
    "spaces": {"SECRET_KEY": SecretStr(" " * 40)},
    "31 bytes": {"SECRET_KEY": SecretStr(GOOD_KEY[:31])},
    "one letter": {"SECRET_KEY": SecretStr("a" * 64)},
    "a pattern": {"SECRET_KEY": SecretStr("abc123" * 8)},
    "the alphabet": {"SECRET_KEY": SecretStr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")},
    "changethis": {"SECRET_KEY": SecretStr("changethis-changethis-changethis-1")},
    "your-secret-key": {"SECRET_KEY": SecretStr("your-secret-key-here-please-change-it")},
    "sample in Base64": {"SECRET_KEY": SecretStr("Y2hhbmdldGhpcy1jaGFuZ2V0aGlzLWNoYW5nZXRoaXMh")},
    "bad previous key": {"PREVIOUS_SECRET_KEY": SecretStr("supersecretsupersecretsupersecret")},
    "database without password": {"DATABASE_URL": SecretStr("postgresql://exam@db.example.org/x")},
    "database default": {"DATABASE_URL": SecretStr("postgresql://postgres:postgres@localhost/x")},
    "database user as password": {"DATABASE_URL": SecretStr("postgresql://exam:exam@db/x")},
    "debug": {"DEBUG": True},
    "any origin": {"ALLOWED_ORIGINS": ["*"]},
    "wildcard origin": {"ALLOWED_ORIGINS": ["https://*.example.org"]},
    "null origin": {"ALLOWED_ORIGINS": ["null"]},
    "every proxy": {"TRUSTED_PROXIES": ["*"]},
    "every proxy of IPv4": {"TRUSTED_PROXIES": ["0.0.0.0/0"]},
    "remote demo": {"ALLOW_REMOTE_DEMO": True},
    "no master key": {"MASTER_KEY_FILE": Path("/nowhere/master_key")},
    "no signing key": {"SIGNING_KEY_FILE": Path("/nowhere/signing_key")},
    "no signing key in the file": {"SIGNING_KEY_FILE": Path("/dev/null")},
    "no key in the file": {"MASTER_KEY_FILE": Path("/dev/null")},
}


@pytest.fixture
def production(tmp_path: Path) -> Settings:
    """Settings a production server may start with."""
    replace_file(tmp_path / "master_key", new_master_key())
    Signer(tmp_path / "signing_key", make=True).key_id  # noqa: B018 - makes the file
    return Settings(
        _env_file=None,
        ENVIRONMENT=Environment.PRODUCTION,
        SECRET_KEY=GOOD_KEY,
        DATABASE_URL=GOOD_URL,
        DEBUG=False,
        VAR_DIR=tmp_path,
    )


@pytest.mark.parametrize("wrong", BAD.values(), ids=BAD.keys())
def test_d6_production_refuses(production: Settings, wrong: dict[str, Any]) -> None:
    settings = production.model_copy(update=wrong)
    with pytest.raises(Refused) as refused:
        refuse_settings(settings)
    line = str(refused.value)
    assert "\n" not in line
    for value in wrong.values():
        if isinstance(value, SecretStr) and value.get_secret_value().strip():
            assert value.get_secret_value() not in line


@pytest.mark.parametrize("url", [None, GOOD_URL, "postgresql://exam@/x?host=/run/postgresql"])
def test_good_settings_are_not_refused(production: Settings, url: str | None) -> None:
    refuse_settings(production.model_copy(update={"DATABASE_URL": SecretStr(url) if url else None}))


def test_random_keys_are_not_refused(production: Settings) -> None:
    for _ in range(200):
        for key in (secrets.token_urlsafe(48), secrets.token_hex(32), secrets.token_hex(16)):
            refuse_settings(production.model_copy(update={"SECRET_KEY": SecretStr(key)}))


def test_development_only_wants_a_long_enough_key(settings: Settings) -> None:
    refuse_settings(settings)
    with pytest.raises(Refused):
        refuse_settings(Settings(_env_file=None, SECRET_KEY="short"))


def test_a_master_key_that_others_may_read_or_that_lies_beside_the_evidence_is_refused(production: Settings) -> None:
    key = production.VAR_DIR / "master_key"
    beside = production.model_copy(update={"EVIDENCE_DIR": production.VAR_DIR})
    with pytest.raises(Refused, match="evidence folder"):
        refuse_settings(beside)
    refuse_settings(production)
    key.chmod(0o640)
    with pytest.raises(Refused, match="chmod 600"):
        refuse_settings(production)
