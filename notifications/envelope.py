"""The message itself: both parts, and headers that thread a case's mails and keep robots from answering."""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.headerregistry import HeaderRegistry, MessageIDHeader, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from bjc.errors import Invalid
from bjc.settings import Settings
from notifications.letters import Letter


def seal(
    letter: Letter, subject: str, text: str, html: str, settings: Settings, now: datetime
) -> EmailMessage:
    """The message, addressed and with every header. Raises Invalid when the address cannot be written to."""
    message = EmailMessage(_wire())
    message["From"] = _sender(settings)
    message["To"] = _to(letter)
    message["Subject"] = subject
    for header, value in _headers(letter, settings, now).items():
        message[header] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def _headers(letter: Letter, settings: Settings, now: datetime) -> dict[str, str]:
    """The Message-ID comes from the outbox row alone: a second sending is the same message."""
    headers = {
        "Date": format_datetime(now),
        "Message-ID": message_id(letter, settings),
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
    """`<outbox-17.<instance>@<domain>>`: stable over every attempt."""
    return f"<outbox-{letter.id}.{letter.instance}@{settings.mail_domain}>"


def office(settings: Settings) -> str:
    """The programme office's address, where replies go."""
    return parseaddr(settings.mail_from)[1]


def _sender(settings: Settings) -> Mailbox:
    shown, address = parseaddr(settings.mail_from)
    return Mailbox(shown, addr_spec=address)


def _to(letter: Letter) -> Mailbox:
    return Mailbox(letter.to.name, addr_spec=deliverable(letter.to.address))


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


@lru_cache
def _wire() -> "EmailPolicy[EmailMessage]":
    """Lines end as SMTP wants them, and a long reference is never folded into an encoded word."""
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)  # type: ignore[arg-type]
    registry.map_to_type("references", MessageIDHeader)  # type: ignore[arg-type]
    return SMTP.clone(header_factory=registry)
