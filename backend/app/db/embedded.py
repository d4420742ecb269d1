"""A private PostgreSQL under `var/postgres`, shared by every server process that uses the same folder.

Three lock files decide everything; the operating system releases them when a process dies, so no list of process
numbers can go stale (kill -9, reboots and containers that count from 1 again included):

`turn.lock`     held while somebody starts or stops the cluster;
`users.lock`    held (shared) by every server while it uses the cluster: whoever leaves last stops it;
`cluster.lock`  inherited by PostgreSQL itself: free means that nothing of the cluster runs.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from app.core.config import Settings
from app.db.postgres_programs import MAJOR_VERSION, Account, EmbeddedPostgresError, account_for, pg_binary, run_program

DATABASE = "auto_proctoring"
SUPERUSER = "proctor"
PORT = 5432  # only names the socket file; nothing listens on TCP
LONGEST_SOCKET_PATH = 103  # the smaller limit of Linux (107) and macOS (103), without the closing zero
TURN_TIMEOUT_S = 120.0
START_TIMEOUT_S = 120.0  # crash recovery after a power cut replays the log first
STOP_TIMEOUT_S = 30.0
POLL_S = 0.05
LARGEST_LOG = 4 * 1024 * 1024
SOCKET_DIR_LINE = 5  # of postmaster.pid, counted from 1
STATUS_LINE = 8

OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "wal_keep_size": "512MB",  # what `proctor db follow` may be away for
    "timezone": "UTC",
    # The log keeps neither statements nor values: they may hold names and answers.
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The owner's URL of the configured database; without one, of the embedded PostgreSQL, kept running meanwhile."""
    owner = settings.DATABASE_OWNER_URL or settings.DATABASE_URL
    if owner is not None:
        yield owner.get_secret_value()
        return
    with running(settings.VAR_DIR / "postgres") as url:
        yield url


@contextmanager
def running(data_dir: Path, *, options: Mapping[str, str] | None = None) -> Iterator[str]:
    """Use the cluster in `data_dir` for a while; gives the SQLAlchemy URL of its database."""
    with EmbeddedPostgres(data_dir, options=options) as cluster:
        yield cluster.url


class EmbeddedPostgres:
    """One server's use of the cluster in `data_dir` (created if missing). Its methods block: call them in a thread.

    `options` override PostgreSQL settings (tests: `{"fsync": "off"}`); whoever starts the cluster decides them.
    """

    def __init__(
        self, data_dir: Path, *, options: Mapping[str, str] | None = None, start_timeout: float = START_TIMEOUT_S
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.start_timeout = start_timeout
        self.options = {**OPTIONS, **(options or {})}
        self.url = ""
        self._use: int | None = None

    def start(self) -> str:
        """Start or join the cluster and return `postgresql+asyncpg://…` for the database `auto_proctoring`.

        Raises EmbeddedPostgresError with the reason and the remedy.
        """
        if self._use is not None:
            return self.url
        self._make_data_dir()
        account = account_for(self.data_dir)
        with self._turn():
            socket_dir = self._bring_up(account)
            self._use = _open_lock(self.data_dir / "users.lock")
            fcntl.flock(self._use, fcntl.LOCK_SH)
        self.url = f"postgresql+asyncpg://{SUPERUSER}@/{DATABASE}?host={quote(str(socket_dir), safe='/')}"
        return self.url

    def stop(self) -> None:
        """Stop using the cluster; the last user stops PostgreSQL and waits for its end."""
        if self._use is None:
            return
        with self._turn():
            fcntl.flock(self._use, fcntl.LOCK_UN)  # also for children that inherited the file
            is_last = _try_lock(self._use)
            os.close(self._use)
            self._use = None
            if is_last:
                self._shut_down()

    def revive(self) -> bool:
        """Start PostgreSQL again if it has died under us (killed, out of memory); whether that was needed."""
        if self._is_running():
            return False
        with self._turn():
            if self._use is None:  # we have stopped using it meanwhile
                return False
            self._bring_up(account_for(self.data_dir))
        return True

    def in_use(self) -> bool:
        """Whether PostgreSQL runs, or somebody has said that it should."""
        self._make_data_dir()
        users = _open_lock(self.data_dir / "users.lock")
        try:
            return self._is_running() or not _try_lock(users)
        finally:
            os.close(users)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.data_dir / "cluster"

    @property
    def log(self) -> Path:
        """What PostgreSQL has to say."""
        return self.data_dir / "postgres.log"

    def _make_data_dir(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            if self.data_dir.stat().st_uid == os.geteuid():
                self.data_dir.chmod(0o711)  # PostgreSQL's account passes through; only `cluster` is its own
        except OSError as error:
            raise EmbeddedPostgresError(f"The folder for the database cannot be made: {error}") from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        lock = _open_lock(self.data_dir / "turn.lock")
        try:
            deadline = time.monotonic() + TURN_TIMEOUT_S
            while not _try_lock(lock):
                if time.monotonic() > deadline:
                    raise EmbeddedPostgresError(
                        f"Another server has been starting or stopping {self.data_dir} too long."
                    )
                time.sleep(POLL_S)
            yield
        finally:
            os.close(lock)

    def _is_running(self) -> bool:
        """Whether any process of the cluster lives, a starting or ending one included."""
        lock = _open_lock(self.data_dir / "cluster.lock")
        try:
            return not _try_lock(lock)
        finally:
            os.close(lock)

    def _prepare_cluster(self, account: Account) -> None:
        """Make the cluster if there is none; hand it to `account` and remove what a killed one left."""
        version_file = self.cluster / "PG_VERSION"
        if not version_file.exists():
            self._initialise(account)
        version = version_file.read_text().strip()
        if version != str(MAJOR_VERSION):
            raise EmbeddedPostgresError(
                f"{self.cluster} was made by PostgreSQL {version}, this is {MAJOR_VERSION}: "
                "restore a backup into a new one."
            )
        if self.cluster.stat().st_uid != account.uid:
            _hand_over(self.cluster, account)
        # Nothing of the cluster runs (cluster.lock is free), so a file left by kill -9 names a dead or foreign process.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _initialise(self, account: Account) -> None:
        """Create the cluster beside its place and move it in when complete, so that half a cluster is never used."""
        fresh = self.data_dir / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _hand_over(fresh, account)
        initdb = pg_binary("initdb")
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        arguments: list[str | Path] = [
            initdb,
            "-D",
            fresh,
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--data-checksums",
            *locale,
        ]
        done = run_program(account, arguments, reaching=[initdb.parent, fresh])
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"The database could not be created: {done.stderr.strip()[-600:]}")
        fresh.rename(self.cluster)

    def _launch(self, account: Account) -> None:
        socket_dir = self._make_socket_dir(account)
        settings = {**self.options, "unix_socket_directories": str(socket_dir)}
        program = pg_binary("postgres")
        arguments: list[str | Path] = [program, "-D", self.cluster, "-p", str(PORT)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        command = account.command(arguments, reaching=[program.parent, self.cluster])
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        lock = _open_lock(self.data_dir / "cluster.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self.log.open("ab") as log:
                # Through a shell that ends at once: PostgreSQL is nobody's child and outlives us without a trace.
                subprocess.run(  # noqa: S603
                    ["/bin/sh", "-c", '"$@" &', "sh", *command],
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    pass_fds=[lock],
                    start_new_session=True,  # Ctrl-C in the terminal is for the server, which then stops PostgreSQL
                )
        finally:
            os.close(lock)

    def _make_socket_dir(self, account: Account) -> Path:
        """A folder only `account` (and root) may enter, with a path short enough for a socket."""
        socket_dir = self.data_dir / "socket"
        if len(os.fsencode(socket_dir / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH or "," in str(socket_dir):
            name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
            socket_dir = Path(tempfile.gettempdir()) / f"proctor-{name}"
        socket_dir.mkdir(mode=0o700, exist_ok=True)
        if socket_dir.is_symlink() or socket_dir.stat().st_uid not in (os.geteuid(), account.uid):
            raise EmbeddedPostgresError(f"{socket_dir} belongs to somebody else: remove it or set TMPDIR.")
        os.chown(socket_dir, account.uid, account.gid)
        socket_dir.chmod(0o700)
        for left_over in socket_dir.glob(".s.PGSQL.*"):  # its lock file names a number that may live again
            left_over.unlink()
        return socket_dir

    def _bring_up(self, account: Account) -> Path:
        """Join or launch PostgreSQL, wait until its database answers, and return the folder of the socket."""
        launched = False
        deadline = time.monotonic() + self.start_timeout
        while time.monotonic() < deadline:
            if not self._is_running():  # also when what was left of a killed one has just ended
                if launched:
                    raise EmbeddedPostgresError(f"PostgreSQL ended while starting ({self.log}): {self._last_words()}")
                self._prepare_cluster(account)
                self._launch(account)
                launched = True
            lines = self._postmaster_lines()
            if len(lines) >= STATUS_LINE and lines[STATUS_LINE - 1].startswith("ready"):
                socket_dir = Path(lines[SOCKET_DIR_LINE - 1])
                if self._has_database(socket_dir):
                    return socket_dir
            time.sleep(POLL_S)
        raise EmbeddedPostgresError(f"PostgreSQL did not answer within {self.start_timeout:.0f} s; see {self.log}.")

    def _has_database(self, socket_dir: Path) -> bool:
        found = self._psql(socket_dir, f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'")  # noqa: S608
        if found is None:
            return False
        return found == "1" or self._psql(socket_dir, f"CREATE DATABASE {DATABASE}") is not None

    def _psql(self, socket_dir: Path, statement: str) -> str | None:
        program = pg_binary("psql")
        connection = ["-h", str(socket_dir), "-p", str(PORT), "-U", SUPERUSER, "-d", "postgres"]
        arguments: list[str | Path] = [program, "-XAtq", *connection, "-c", statement]
        ourselves = Account(os.geteuid(), os.getegid(), is_ourselves=True)
        done = run_program(ourselves, arguments, reaching=[])
        return done.stdout.strip() if done.returncode == 0 else None

    def _postmaster_lines(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, PermissionError):
            return []

    def _last_words(self) -> str:
        with suppress(OSError):
            return self.log.read_text(errors="replace").strip()[-600:]
        return "no log"

    def _shut_down(self) -> None:
        """Ask PostgreSQL to end (fast, then immediate; both keep everything committed) and wait for it."""
        for request in (signal.SIGINT, signal.SIGQUIT):
            lines = self._postmaster_lines()
            if not self._is_running() or not lines:
                return
            with suppress(ProcessLookupError):  # the number is right: cluster.lock is held, so its writer lives
                os.kill(int(lines[0]), request)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            while self._is_running() and time.monotonic() < deadline:
                time.sleep(POLL_S)
            if len(lines) >= SOCKET_DIR_LINE:  # it may lie outside our folder, where nobody else would clear it away
                with suppress(OSError):
                    Path(lines[SOCKET_DIR_LINE - 1]).rmdir()


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise EmbeddedPostgresError(f"{path} belongs to another account: start the server as that account.") from error


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _hand_over(folder: Path, account: Account) -> None:
    os.chown(folder, account.uid, account.gid)
    for path in folder.rglob("*"):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
