"""Plain text mails through the configured server; without one nothing is sent."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from prometheus_client import Counter

from app.core.clock import now
from app.core.config import MailSecurity, Settings

log = structlog.get_logger(__name__)
MAILS = Counter("proctor_mails_total", "Mails by what became of them.", ["outcome"])
PATIENCE_S = 15.0
FOR_GOOD = 500
"""SMTP replies from here on say: do not try again."""


class MailFailed(Exception):
    """The mail could not be handed over. `for_good`: trying again would not help."""

    def __init__(self, *, for_good: bool) -> None:
        super().__init__("for good" if for_good else "for now")
        self.for_good = for_good


class Mailer:
    """Hands mails to the server of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def use(self, settings: Settings) -> None:
        """Other settings for the mails from now on."""
        self._settings = settings

    @property
    def enabled(self) -> bool:
        """Whether a mail server is configured."""
        return self._settings.SMTP_HOST is not None

    async def send(self, *, to: str, subject: str, body: str, sender: str | None = None) -> None:
        """Hand one mail over, or MailFailed. `subject` is one line. Addresses and texts are not logged."""
        try:
            message = self._composed(to=to, subject=subject, body=body, sender=sender or self._settings.MAIL_FROM)
            async with self._line() as line:
                await line.send_message(message)
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            for_good = _for_good(error)
            MAILS.labels("refused" if for_good else "failed").inc()
            log.warning("mail.failed", error=type(error).__name__, for_good=for_good)
            raise MailFailed(for_good=for_good) from error
        MAILS.labels("sent").inc()

    def _line(self) -> SMTP:
        settings = self._settings
        password = settings.SMTP_PASSWORD
        return SMTP(
            hostname=settings.SMTP_HOST,
            port=settings.SMTP_PORT,
            username=settings.SMTP_USERNAME,
            password=password.get_secret_value() if password else None,
            use_tls=settings.SMTP_SECURITY is MailSecurity.TLS,
            start_tls=settings.SMTP_SECURITY is MailSecurity.STARTTLS,
            timeout=PATIENCE_S,
        )

    @staticmethod
    def _composed(*, to: str, subject: str, body: str, sender: str) -> EmailMessage:
        """ValueError for an address or subject that would break out of its header."""
        name, address = parseaddr(sender)
        message = EmailMessage()
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = subject
        message["Date"] = format_datetime(now())
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        return message


def _for_good(error: Exception) -> bool:
    if isinstance(error, SMTPRecipientsRefused):
        return all(one.code >= FOR_GOOD for one in error.recipients)
    if isinstance(error, SMTPResponseException):
        return error.code >= FOR_GOOD
    return isinstance(error, ValueError)
