"""What both baselines write by hand: hashes, secrets, due dates, and a mail of the size of ours by Jinja2."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template

START = "0" * 64
GRACE = timedelta(days=1)
SITE = "http://127.0.0.1:8000"
WITH_LINK = {"decision_request", "decision_receipt", "advice_request", "appointment_request"}


@dataclass(frozen=True)
class About:
    """What a mail says of its case."""

    ref: str
    title: str
    amount: float
    number: int
    sha256: str


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 over sorted JSON; for the plain words and numbers here it is RFC 8785's form too."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def entry(stream: str, head: tuple[int, str] | None, event: str, actor: int | None, now: datetime,
          detail: Mapping[str, Any]) -> dict[str, Any]:  # fmt: skip
    """The next entry of a hash chain, without its hash."""
    seq, prev = (head[0] + 1, head[1]) if head else (1, START)
    return {
        "stream": stream, "seq": seq, "at": now.isoformat(timespec="microseconds"), "event": event,
        "actor": {"role": "member", "person": actor, "post": None, "via": "link"}, "detail": detail, "prev": prev,
    }  # fmt: skip


def new_secret() -> tuple[str, str]:
    """A secret for a link, and the hash that is kept."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret)


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def due(now: datetime, days: int) -> datetime:
    """A deadline at five in the afternoon; weekends and holidays are beyond a baseline."""
    return (now + timedelta(days=days)).replace(hour=17, minute=0)


@dataclass(frozen=True)
class Written:
    """A mail as it would be sent, and its text for the record, without the link."""

    message: EmailMessage
    subject: str
    text: str


def write(kind: str, about: About, name: str, address: str, secret: str, now: datetime) -> Written:
    """Render both parts and build the message."""
    heading = f"{kind.replace('_', ' ').capitalize()}: {about.ref} {about.title}"
    facts = (
        ("Case", about.ref), ("Title", about.title), ("Whole-life cost", f"£{about.amount:,.0f}"),
        ("As", name), ("Version", about.number), ("Checksum", about.sha256[:12]),
    )  # fmt: skip
    link = f"{SITE}/d/{secret}" if secret else f"{SITE}/cases/{about.ref}"
    given = {
        "heading": heading, "name": name, "title": about.title, "amount": about.amount, "facts": facts,
        "until": f"{due(now, 14):%H:%M on %a %d %b %Y}", "link": link, "number": about.number,
        "sha256": about.sha256,
    }  # fmt: skip
    text, html = _template("letter.txt").render(given), _template("letter.html").render(given)
    message = _message(heading, name, address, text, html, now)
    return Written(message, heading, text.replace(secret, "[link removed]") if secret else text)


def _message(subject: str, name: str, address: str, text: str, html: str, now: datetime) -> EmailMessage:
    message = EmailMessage(SMTP)
    message["From"] = message["Reply-To"] = "Programme office <programme.office@alliance.example>"
    message["To"] = f"{name} <{address}>"
    message["Subject"] = subject
    message["Date"] = now
    message["Message-ID"] = f"<{hash_of(subject)[:20]}@alliance.example>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


@lru_cache
def _template(name: str) -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=name.endswith("html"), auto_reload=False).get_template(name)


def working(votes: Sequence[tuple[str | None, str | None]]) -> dict[str, Any]:
    """The votes (service, choice) counted by service, as the decision keeps them."""
    lines = [
        f"{service}: {sum(1 for s, c in votes if s == service and c == 'approve')} in favour"
        for service in sorted({service or "" for service, _ in votes})
    ]
    return {"lines": lines, "services": []}


def is_approved(votes: Sequence[tuple[str | None, str | None]]) -> bool:
    """More than two in favour in each of the two services."""
    favour = [service for service, choice in votes if choice == "approve"]
    return all(favour.count(service) > 2 for service in {service for service, _ in votes})
