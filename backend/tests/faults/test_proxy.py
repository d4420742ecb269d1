"""`deploy/` as it stands: nginx in front of a real server, with TLS, sockets, limits, and nobody's word but its own."""

import asyncio
import datetime
import ipaddress
import json
import re
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI, Request
from typer.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from app.cli import app as commands
from app.commands.rehearsal import Rehearsal
from app.core.config import REPOSITORY, Settings
from app.schemas.realtime import PROTOCOL
from tests.live import Loopback
from tools.server_child import ADMIN, ServerChild, spare_port

DEPLOY = REPOSITORY / "deploy"
NGINX = which("nginx") or which("nginx", path="/usr/sbin")
MAIN = """
user {user};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """nginx, and what a client must know to trust it."""

    url: str
    plain_url: str
    trust: ssl.SSLContext
    log: Path

    def browser(self, token: str = "", **headers: str) -> httpx2.AsyncClient:
        """HTTP through it."""
        sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return httpx2.AsyncClient(base_url=self.url, headers=sent, verify=self.trust, timeout=20)


@pytest.fixture(scope="module")
def proxy(lasting_server: ServerChild, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The shipped file, with other ports and a certificate of its own."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    port, plain = spare_port(), spare_port()
    trust = certificate(folder)
    site = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl;\n", ""),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{lasting_server.port};"),
        ("/etc/letsencrypt/live/exam.example.org/fullchain.pem", f"{folder}/cert.pem"),
        ("/etc/letsencrypt/live/exam.example.org/privkey.pem", f"{folder}/key.pem"),
        ("/var/log/nginx/proctor.log", f"{folder}/access.log"),
    ):
        assert old in site
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    user = Path("/proc/self").owner()
    (folder / "main.conf").write_text(MAIN.format(folder=folder, user=user))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        made = Proxy(f"https://localhost:{port}", f"http://localhost:{plain}", trust, folder / "access.log")
        try:
            _wait(made, process, folder)
            yield made
        finally:
            process.terminate()


def _wait(made: Proxy, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, (folder / "error.log").read_text()
        try:
            httpx2.get(f"{made.url}/health/live", verify=made.trust)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not answer")


def certificate(folder: Path) -> ssl.SSLContext:
    """A self-signed one for localhost in `folder`; the context of who trusts it."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - datetime.timedelta(minutes=1))
        .not_valid_after(at + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    how = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*how))
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))


@dataclass(frozen=True, slots=True)
class Sitter:
    """A student who logged in through the proxy, and the exam there is."""

    token: str
    exam_id: int


@pytest.fixture
async def sitter(server: ServerChild, proxy: Proxy) -> AsyncIterator[Sitter]:
    """Of an exam that only one network may sit."""
    async with Rehearsal(server.url, *ADMIN, students=1, ip_restrictions=["127.0.0.0/8"]) as rehearsal:
        account = {"email": rehearsal.students[0].email, "password": rehearsal.students[0].password}
        async with proxy.browser() as browser:
            opened = (await browser.post("/api/v1/auth/login", json=account)).json()
        yield Sitter(opened["access_token"], rehearsal.exam_id)


async def test_a_sitting_through_the_proxy(proxy: Proxy, sitter: Sitter) -> None:
    async with proxy.browser(sitter.token) as browser:
        taken = (await browser.post("/api/v1/proctoring/start-session", json={"exam_id": sitter.exam_id})).json()
        way = f"/api/v1/proctoring/sessions/{taken['id']}/ticket"
        address = f"{proxy.url.replace('https', 'wss')}/api/v1/proctoring/ws/{taken['id']}?token="
        for origin in ("https://evil.example", "null", proxy.plain_url):
            ticket = (await browser.post(way)).json()["ticket"]
            with pytest.raises(InvalidStatus):
                await connect(address + ticket, ssl=proxy.trust, proxy=None, origin=Origin(origin))
        ticket = (await browser.post(way)).json()["ticket"]
    line = await connect(
        address + ticket,
        ssl=proxy.trust,
        proxy=None,
        origin=Origin(proxy.url),
        subprotocols=[Subprotocol(PROTOCOL)],
    )
    assert json.loads(await line.recv())["type"] == "hello"
    await line.send(json.dumps({"seq": 1, "type": "answer", "t": 1, "value": "উত্তর"}))
    async with asyncio.timeout(10):
        while json.loads(await line.recv()) != {"type": "ack", "upto": 1}:
            pass
    await line.close()
    log = proxy.log.read_text()
    assert "/api/v1/proctoring/ws/" in log
    assert not re.search(r"eyJ|token=", log)


async def test_what_a_client_says_of_its_address_does_not_count(proxy: Proxy, sitter: Sitter) -> None:
    """R28, D3: the exam is for 127.0.0.0/8, where this client is, whatever it claims; demo accounts stay out."""
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    async with proxy.browser(sitter.token, **claimed) as browser:
        started = await browser.post("/api/v1/proctoring/start-session", json={"exam_id": sitter.exam_id})
        assert started.status_code == 200
        demo = await browser.post("/api/v1/auth/login", json={"email": ADMIN[0], "password": ADMIN[1]})
        assert demo.status_code == 401
        assert (await browser.get("/metrics")).status_code == 404


@pytest.mark.parametrize(("trusted", "seen"), [(["192.0.2.0/24"], "127.0.0.1"), (["127.0.0.0/8"], "203.0.113.9")])
async def test_only_a_trusted_peer_is_believed(tmp_path: Path, trusted: list[str], seen: str) -> None:
    """R28: the server's own part of it."""
    app = FastAPI()

    @app.get("/who")
    def who(request: Request) -> str:
        assert request.client is not None
        return request.client.host

    loopback = Loopback(Settings(_env_file=None, VAR_DIR=tmp_path, TRUSTED_PROXIES=trusted))
    loopback.app = app
    await loopback.open()
    async with httpx2.AsyncClient(headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}) as browser:
        assert (await browser.get(f"http://127.0.0.1:{loopback.port}/who")).json() == seen
    await loopback.shutdown()


async def test_headers_and_limits(proxy: Proxy, sitter: Sitter) -> None:
    async with httpx2.AsyncClient() as browser:
        moved = await browser.get(f"{proxy.plain_url}/room?a=1")
    assert (moved.status_code, moved.headers["location"]) == (301, f"https://{proxy.plain_url[7:]}/room?a=1")
    async with proxy.browser(sitter.token) as browser:
        first = await browser.get("/api/v1/")
        assert first.headers["strict-transport-security"] == "max-age=31536000"
        assert "frame-ancestors 'none'" in first.headers["content-security-policy"]
        assert not re.search(r"\d", first.headers.get("server", ""))
        large = b"x" * (2 * 2**20)
        assert (await browser.post("/api/v1/auth/login", content=large)).status_code == 413
        for path in ("/api/v1/exam-sessions/1/files", "/api/v1/question-files", "/api/v1/exams/1/questions/import"):
            answer = await browser.post(path, files={"file": ("a.png", large)})
            assert answer.status_code in (403, 404, 422), path
            assert answer.json()["code"], path


def test_the_units_name_what_there_is() -> None:
    for unit in sorted(DEPLOY.glob("proctor*.service")):
        text = unit.read_text()
        for assignment in re.findall(r"^Environment=(.*)$", text, re.MULTILINE):
            for name in re.findall(r"(\w+)=", assignment):
                assert name in Settings.model_fields
        (command,) = re.findall(r"^ExecStart=/opt/proctor/\.venv/bin/proctor (.*)$", text, re.MULTILINE)
        assert CliRunner().invoke(commands, [*command.split(), "--help"]).exit_code == 0, command
    analyse = which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is not installed; the units were only read")
    said = subprocess.run(
        [analyse, "verify", "--man=no", *sorted(DEPLOY.glob("proctor*"))], capture_output=True, text=True
    )
    complaints = [line for line in said.stderr.splitlines() if "proctor" in line and "is not executable" not in line]
    assert complaints == []
