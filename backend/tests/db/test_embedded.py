"""The embedded PostgreSQL: joined, recovered and stopped by real server processes, also after kill -9."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.db.embedded import EmbeddedPostgres, running
from app.db.postgres_programs import EmbeddedPostgresError, pg_binary

FAST = {"fsync": "off"}
ONE_SERVER = """
import sys
from pathlib import Path
from app.db.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), options={"fsync": "off"})
print(server.start(), flush=True)
sys.stdin.readline()
server.stop()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "postgres"
    yield folder
    with suppress(EmbeddedPostgresError), running(folder, options=FAST):
        pass  # whoever a test killed left PostgreSQL running: the next graceful stop ends it


@contextmanager
def server_process(data_dir: Path, *prefix: str) -> Iterator["subprocess.Popen[str]"]:
    command = [*prefix, sys.executable, "-c", ONE_SERVER, str(data_dir)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def url_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> None:
    _, errors = process.communicate("\n", timeout=60)
    assert process.returncode == 0, errors


def ask(url: str, statement: str) -> str:
    socket_dir = url.partition("?host=")[2]
    connection = ["-h", socket_dir, "-U", "proctor", "-d", "auto_proctoring"]
    command = [str(pg_binary("psql")), "-XAtq", *connection, "-c", statement]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def is_alive(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_it_keeps_rows_over_a_restart_and_is_durable(data_dir: Path) -> None:
    with running(data_dir) as url:
        ask(url, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (360)")
        settings = "'fsync', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'server_encoding'"
        found = ask(url, f"SELECT name || '=' || setting FROM pg_settings WHERE name IN ({settings}) ORDER BY 1")
        assert found.split() == [
            "data_checksums=on",
            "fsync=on",
            "listen_addresses=",
            "server_encoding=UTF8",
            "synchronous_commit=on",
        ]
        pid = postmaster(data_dir)
    assert not is_alive(pid)
    with running(data_dir) as url:
        assert ask(url, "SELECT id FROM kept") == "360"


def test_two_servers_started_at_once_share_it_and_the_last_one_stops_it(data_dir: Path) -> None:
    with server_process(data_dir) as one, server_process(data_dir) as two:
        assert url_of(one) == url_of(two) != ""
        pid = postmaster(data_dir)
        end(one)
        assert is_alive(pid)
        end(two)
        assert not is_alive(pid)


def test_a_server_killed_hard_leaves_postgresql_to_the_next_one(data_dir: Path) -> None:
    with server_process(data_dir) as server:
        ask(url_of(server), "CREATE TABLE kept (id int)")
        pid = postmaster(data_dir)
        server.kill()
        server.wait()
    assert is_alive(pid)
    with running(data_dir, options=FAST) as url:
        assert postmaster(data_dir) == pid
        assert ask(url, "SELECT count(*) FROM kept") == "0"
    assert not is_alive(pid)


def test_postgresql_killed_hard_is_recovered(data_dir: Path) -> None:
    with server_process(data_dir) as server:
        ask(url_of(server), "CREATE TABLE kept (id int); INSERT INTO kept VALUES (360)")
        os.kill(postmaster(data_dir), signal.SIGKILL)
        server.kill()
        server.wait()
    with running(data_dir, options=FAST) as url:
        assert ask(url, "SELECT id FROM kept") == "360"


def test_a_stale_pid_file_naming_a_living_stranger_does_no_harm(data_dir: Path) -> None:
    with running(data_dir, options=FAST):
        lines = (data_dir / "cluster" / "postmaster.pid").read_text().splitlines()
    stranger = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        pid_file = data_dir / "cluster" / "postmaster.pid"
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with running(data_dir, options=FAST) as url:
            assert ask(url, "SELECT 1") == "1"
        assert stranger.poll() is None
    finally:
        stranger.communicate()


def test_half_a_cluster_is_made_anew(data_dir: Path) -> None:
    (data_dir / "cluster.new" / "base").mkdir(parents=True)
    with running(data_dir, options=FAST) as url:
        assert ask(url, "SELECT 1") == "1"


def test_a_path_too_long_for_a_socket_is_fine(tmp_path: Path) -> None:
    with running(tmp_path / ("a" * 100) / "postgres", options=FAST) as url:
        assert ask(url, "SELECT 1") == "1"


def test_another_major_version_is_refused_with_the_remedy(data_dir: Path) -> None:
    with running(data_dir, options=FAST):
        pass
    (data_dir / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="restore a backup"):
        EmbeddedPostgres(data_dir).start()
    (data_dir / "cluster" / "PG_VERSION").write_text("18\n")


def test_a_setting_postgresql_refuses_is_reported_with_its_reason(data_dir: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="max_connections"):
        EmbeddedPostgres(data_dir, options={"max_connections": "many"}).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_it_works_as_a_normal_user(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    reach = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]  # the interpreter may lie in /root
    with server_process(home / "postgres", *nobody, *reach) as server:
        assert url_of(server).startswith("postgresql+asyncpg://")
        assert (home / "postgres" / "cluster").stat().st_uid == 65534
        end(server)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a folder that root alone may enter")
def test_root_may_keep_it_in_a_folder_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "root"
    home.mkdir(mode=0o700)
    with running(home / "postgres", options=FAST) as url:
        assert ask(url, "SELECT 1") == "1"
        assert (home / "postgres" / "cluster").stat().st_uid != 0
    assert home.stat().st_mode & 0o777 == 0o700
