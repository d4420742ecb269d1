"""A real server as a child process: for tests that kill it and for measurements that load it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

BACKEND = Path(__file__).resolve().parents[1]
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV")
START_SECONDS = 120.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02
NOTHING: Mapping[str, str] = {}
ADMIN = ("admin@example.com", "admin123")
"""The demo administrator of a fresh development server."""


class ServerDied(Exception):
    """The server ended, or did not get ready; the text holds its last words."""


class ServerChild:
    """`proctor serve` in a process group of its own, on a spare port of this machine, with its own VAR_DIR."""

    def __init__(
        self,
        var_dir: Path,
        *,
        port: int | None = None,
        environment: Mapping[str, str] = NOTHING,
        backend: Path = BACKEND,
    ) -> None:
        self.port = port or spare_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = var_dir.with_name(f"{var_dir.name}-{self.port}.log")
        self.environment = {
            **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            "ENVIRONMENT": "development",
            "VAR_DIR": str(var_dir),
            **environment,
        }
        self._backend = backend
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start the process and return at once."""
        command = [sys.executable, "-c", "from app.launch import main; main()", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._backend,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until `/health/ready` says 200. Raises ServerDied."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerDied(f"The server ended with status {self.process.returncode}:\n{self.last_words()}")
            if self.status_of("/health/ready") == 200:
                return
            time.sleep(POLL_SECONDS)
        raise ServerDied(f"The server was not ready within {START_SECONDS:.0f} s:\n{self.last_words()}")

    def start(self) -> Self:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_ready()
        return self

    def stop(self) -> int:
        """SIGTERM, and wait for the end; the exit status."""
        self.send(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; the exit status."""
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL: nothing in it gets a chance to clean up."""
        self.send(signal.SIGKILL)
        self.wait()

    def send(self, what: signal.Signals) -> None:
        """A signal to the server's process alone."""
        self.process.send_signal(what)

    def status_of(self, path: str) -> int:
        """The HTTP status of a GET; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - our own address
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def read(self, path: str) -> str:
        """The body of a GET."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - our own address
            return str(answer.read().decode())

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The running (or ended) process. Raises ServerDied where it was never started."""
        if self._process is None:
            raise ServerDied("The server was not started.")
        return self._process

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.send(signal.SIGCONT)
            self.stop()


def spare_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
