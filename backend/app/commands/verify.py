"""`proctor verify`: whether anything of a closed exam session was changed since; needs no server and no database."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from asyncpg import PostgresError
from cryptography.x509 import Certificate
from sqlalchemy.exc import SQLAlchemyError

from app.commands.complaints import complain
from app.core.config import Settings, get_settings
from app.core.errors import ProctorError
from app.core.events import Bus
from app.core.master_keys import MasterKeyError, MasterKeys
from app.core.sealing import Unsealable
from app.core.signing import Signer, SigningKeyError, Verifier
from app.core.time_stamps import TimeStampError, authority_certificates
from app.db.embedded import database_of
from app.db.postgres_programs import EmbeddedPostgresError
from app.db.session import make_engine, make_sessions, unit_of_work
from app.services.custody_bundle import bundle_of
from app.services.custody_journal import Journal
from app.services.custody_seal import Notary
from app.services.custody_verify import Verified, verify_bundle
from app.storage import open_storage

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def verify(
    what: Annotated[str, typer.Argument(help="A bundle (ZIP), or the number of an exam session here.")],
    public_key: Annotated[
        Path | None, typer.Option(help="Public key (PEM) from `proctor keys public`; unset: this server's own.")
    ] = None,
    time_stamps: Annotated[
        Path | None,
        typer.Option(help="Certificates (PEM) of the time-stamp authority; unset: TIMESTAMP_CERTIFICATES_FILE."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Verify chain, signatures, contents and pieces of a closed exam session. Exit status 1 if anything was changed."""
    settings = get_settings()
    try:
        verifier = Verifier(public_key.read_text() if public_key else _signer(settings).public_pem)
        authority = authority_certificates(time_stamps or settings.TIMESTAMP_CERTIFICATES_FILE)
        path = Path(what)
        if path.exists():
            found = verify_bundle(path, verifier, authority)
        else:
            found = _from_database(settings, int(what), verifier, authority)
    except (OSError, TimeStampError, SigningKeyError, MasterKeyError, EmbeddedPostgresError) as error:
        _fail("unreadable", str(error), as_json=as_json)
    except ValueError:
        _fail("no_such_file", f"{what} is neither a file nor a number.", as_json=as_json)
    except Unsealable:
        _fail("key_missing", "The master key that opens this exam session is not in the file.", as_json=as_json)
    except ProctorError as error:
        _fail(error.code, "There is no closed exam session of this number.", as_json=as_json)
    except (SQLAlchemyError, PostgresError) as error:
        _fail("database", f"The database refused: {type(error.__cause__ or error).__name__}", as_json=as_json)
    _say(found, as_json=as_json)


def bundle(
    exam_session_id: Annotated[int, typer.Argument(help="Number of a closed exam session.")],
    file: Annotated[Path, typer.Argument(help="Where to write the bundle (ZIP).")],
) -> None:
    """Write a closed exam session into a file that `proctor verify` verifies anywhere. It is not encrypted."""
    settings = get_settings()
    try:
        body = asyncio.run(_bundle(settings, exam_session_id))
        file.write_bytes(body)
        file.chmod(0o600)
    except ProctorError as error:
        _fail(error.code, "There is no closed exam session of this number.", as_json=False)
    except (OSError, SigningKeyError, MasterKeyError, EmbeddedPostgresError) as error:
        _fail("unwritable", str(error), as_json=False)
    typer.echo(f"{file}: {len(body)} bytes.")


def _from_database(
    settings: Settings, exam_session_id: int, verifier: Verifier, authority: Sequence[Certificate]
) -> Verified:
    body = asyncio.run(_bundle(settings, exam_session_id))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        path.write_bytes(body)
        return verify_bundle(path, verifier, authority)


async def _bundle(settings: Settings, exam_session_id: int) -> bytes:
    masters = MasterKeys(settings.master_key_file, make=not settings.production)
    notary = Notary(_signer(settings), Journal(settings.VAR_DIR))
    with database_of(settings) as url:
        engine = make_engine(url)
        try:
            async with unit_of_work(make_sessions(engine, Bus(), masters)) as db:
                return await bundle_of(db, exam_session_id, open_storage(settings), notary)
        finally:
            await engine.dispose()


def _signer(settings: Settings) -> Signer:
    return Signer(settings.signing_key_file, make=not settings.production)


def _say(found: Verified, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"ok": not found.problems, **asdict(found)}, ensure_ascii=False))
    else:
        seen = f"{found.links} links, {found.manifests} manifests, {found.items} items, {found.pieces} pieces"
        erased = "; it was erased, only its chain is left" if found.erased else ""
        if found.stamps:
            dated = f"dated {found.stamped_at}" if found.stamped_at else "not checked: --time-stamps does"
            seen += f", {found.stamps} time-stamps ({dated})"
        typer.echo(f"Exam session {found.exam_session_id}: {seen}{erased}.")
        for problem in found.problems:
            typer.echo(f"  {problem}", err=True)
        typer.echo("Something was changed." if found.problems else "Nothing was changed.")
    if found.problems:
        raise typer.Exit(1)


def _fail(code: str, text: str, *, as_json: bool) -> NoReturn:
    complain(code, text, as_json=as_json)
    raise typer.Exit(2)
