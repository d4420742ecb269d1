"""From a copy that followed (`following.py`) back to a database, as of its end or of a moment before."""

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.clock import now
from app.db.archive import BackupError
from app.db.embedded import EmbeddedPostgres
from app.db.following import ENDED, JOURNAL, Era, all_copied, copied, eras_of

LONGEST_REPLAY_S = 3600.0
PARTIAL = ".partial"
ASIDE = "cluster.before"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done. `aside`: where the cluster lies that was there before."""

    era: str
    segments: int
    pieces: int
    seconds: float
    aside: str | None


def recover(data_dir: Path, copy: Path, evidence: Path, journal: Path, until: datetime | None) -> Recovered:
    """Put the copy's database in the place of the embedded one, and its pieces beside what is in the store.

    Nothing is thrown away: the cluster that was there is moved aside. Raises BackupError where there is no copy or a
    server runs, and EmbeddedPostgresError where PostgreSQL cannot replay it (a moment after the copy's end, say).
    """
    begun = time.monotonic()
    era = _era(copy, until)
    if EmbeddedPostgres(data_dir).in_use():
        raise BackupError("PostgreSQL is running: stop every server, and `proctor db follow`, first.")
    aside = _move_aside(data_dir)
    try:
        segments = _lay_out(data_dir / "cluster", era)
        options = {"hot_standby": "off", "restore_command": "false"}  # the log lies in its place already
        if until is not None:
            options |= {
                "recovery_target_time": until.astimezone(UTC).isoformat(sep=" "),
                "recovery_target_action": "promote",
            }
        with EmbeddedPostgres(data_dir, options=options, start_timeout=LONGEST_REPLAY_S):
            pass
    except BaseException:
        shutil.rmtree(data_dir / "cluster", ignore_errors=True)
        if aside is not None:
            aside.rename(data_dir / "cluster")
        raise
    (era.folder / ENDED).touch()  # the database goes its own way from here
    pieces = all_copied(copy, evidence)
    if (copy / JOURNAL).exists() and not journal.exists():
        copied(copy / JOURNAL, journal)
    return Recovered(era.folder.name, segments, len(pieces), time.monotonic() - begun, str(aside) if aside else None)


def _era(copy: Path, until: datetime | None) -> Era:
    whole = [era for era in eras_of(copy) if era.has_base and (until is None or era.begun <= until)]
    if not whole:
        raise BackupError(f"{copy} holds no copy{' from before that moment' if until else ''}.")
    return whole[-1]


def _move_aside(data_dir: Path) -> Path | None:
    if not (data_dir / "cluster").exists():
        return None
    aside = data_dir / f"{ASIDE}-{now():%Y%m%dT%H%M%SZ}"
    (data_dir / "cluster").rename(aside)
    return aside


def _lay_out(cluster: Path, era: Era) -> int:
    """Base and log where PostgreSQL looks for them; how many segments."""
    shutil.copytree(era.base, cluster)
    cluster.chmod(0o700)
    segments = [path for path in era.wal.iterdir() if path.name != "archive_status"]
    for path in segments:
        shutil.copyfile(path, cluster / "pg_wal" / path.name.removesuffix(PARTIAL))
    (cluster / "recovery.signal").touch()
    return len(segments)
