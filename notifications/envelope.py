"""The message itself: both parts, and headers that thread a case's mails and keep robots from answering."""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.headerregistry import HeaderRegistry, MessageIDHeader, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

from bjc.errors import Invalid
from bjc.settings import Settings
from notifications.letters import Letter


def seal(
    letter: Letter, subject: str, text: str, html: str, settings: Settings, now: datetime
) -> EmailMessage:
    """The message, addressed and with every header. Raises Invalid when the address cannot be written to."""
    message = EmailMessage(_wire())
    message["From"] = _header("From", settings.mail_from)
    message["To"] = _to(letter.to.name, letter.to.address)
    message["Subject"] = subject
    message["Date"] = now
    message["Message-ID"] = message_id(letter, settings)
    for header, value in _headers(letter, settings).items():
        message[header] = _header(header, value)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def _headers(letter: Letter, settings: Settings) -> dict[str, str]:
    """Those that many mails share."""
    headers = {
        "Reply-To": settings.mail_from,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Feedback-ID": f"{letter.notice.value}:bjc:{letter.instance}:{settings.mail_domain}",
    }
    if letter.case:
        thread = f"<{letter.case.ref.lower()}.{letter.instance}@{settings.mail_domain}>"
        headers |= {"References": thread, "X-BJC-Case": letter.case.ref}
    return headers


def message_id(letter: Letter, settings: Settings) -> str:
    """`<outbox-17.<instance>@<domain>>`: from the row alone, so a second sending is the same message."""
    return f"<outbox-{letter.id}.{letter.instance}@{settings.mail_domain}>"


def office(settings: Settings) -> str:
    """The programme office's address, where replies go."""
    return _address_in(settings.mail_from)


@lru_cache
def _address_in(mailbox: str) -> str:
    return parseaddr(mailbox)[1]


@lru_cache(1024)
def _header(name: str, value: str) -> Any:
    """Headers are parsed as they are made, which would cost more than the rest of a mail."""
    return _wire().header_factory(name, value)


@lru_cache(1024)
def _to(name: str, address: str) -> Any:
    return _wire().header_factory("To", Mailbox(name, addr_spec=deliverable(address)))


@lru_cache(1024)
def deliverable(address: str) -> str:
    """The address in the form that goes on the wire. Raises Invalid with the reason where there is none."""
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as problem:
        raise Invalid(f"{address!r} is no address that mail can go to: {problem}") from problem
    return found.ascii_email or found.normalized


class _Subject(UniqueUnstructuredHeader):
    """Folded as a whole: where only a part is encoded, the library's own folding leaves two spaces before it."""

    def fold(self, *, policy: Policy) -> str:
        """The header's lines."""
        folded = Header(str(self), header_name="Subject", maxlinelen=76).encode(linesep=policy.linesep)
        return f"Subject: {folded}{policy.linesep}"


class _Registry(HeaderRegistry):
    """The library makes a class anew for every header of every mail; this one makes each once."""

    @lru_cache  # noqa: B019 - there is one registry, and it lives as long as the process
    def __getitem__(self, name: str) -> type:
        return super().__getitem__(name)


@lru_cache
def _wire() -> "EmailPolicy[EmailMessage]":
    """Lines end as SMTP wants them, and a long reference is never folded into an encoded word."""
    registry = _Registry()
    registry.map_to_type("subject", _Subject)  # type: ignore[arg-type]
    registry.map_to_type("references", MessageIDHeader)  # type: ignore[arg-type]
    return SMTP.clone(header_factory=registry)
