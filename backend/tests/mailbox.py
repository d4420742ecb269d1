"""A real SMTP server on loopback that keeps what it is given."""

import asyncio
import contextlib
import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.core.config import MailSecurity, Settings


class Mailbox:
    """What arrived; `refused` names addresses the server takes no mail for, and with which reply."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: dict[str, str] = {}
        self.port = 0
        self.open = threading.Event()
        """While cleared, the server takes its time with every mail."""
        self.open.set()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the address, or not."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep the mail, once the test lets it."""
        await asyncio.to_thread(self.open.wait, 20.0)
        message = email.message_from_bytes(bytes(envelope.original_content or b""), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"


@contextlib.contextmanager
def mailbox_open() -> Iterator[Mailbox]:
    """While inside, the server listens."""
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as spare:
        mailbox.port = spare.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def mailing(settings: Settings, mailbox: Mailbox) -> Settings:
    """The settings with this mail server."""
    return settings.model_copy(
        update={"SMTP_HOST": "127.0.0.1", "SMTP_PORT": mailbox.port, "SMTP_SECURITY": MailSecurity.NONE}
    )
