"""How a finished message leaves: by SMTP, or into a list. What went wrong is either for good or for now."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

from bjc.errors import BjcError
from bjc.settings import Settings
from notifications.smtp import Smtp, TransportFailed

__all__ = ["Memory", "Smtp", "Transport", "TransportFailed", "transport_for"]
TRIAL_HOST = "127.0.0.1"


class Transport(Protocol):
    """Hands one message over. `close` ends what was kept open for a batch; the next `send` opens it again."""

    def send(self, message: EmailMessage) -> None:
        """Raises TransportFailed. Returning means that the other side has taken the message."""

    def close(self) -> None:
        """Nothing more to send for now."""


@dataclass
class Memory:
    """Keeps what was sent, newest last."""

    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        """Always taken."""
        self.sent.append(message)

    def close(self) -> None:
        """Nothing is open."""


def transport_for(settings: Settings) -> Transport:
    """The catcher, whoever a mail is addressed to, until live mail is switched on (design.md D5)."""
    if not settings.mail_live:
        return Smtp(TRIAL_HOST, settings.catcher_port, name=settings.mail_domain)
    if not settings.smtp_host:
        raise BjcError(
            "Live mail is switched on, but no mail server is named.",
            "Set BJC_SMTP_HOST, or switch BJC_MAIL_LIVE off.",
        )
    return Smtp(
        settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password,
        settings.smtp_starttls, settings.mail_domain,
    )  # fmt: skip
