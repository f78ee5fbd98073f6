"""What the catcher has caught: the newest messages, in memory only, so that no link's secret lies on a disk."""

import re
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from html.parser import HTMLParser
from typing import Any

MOST = 2_000
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Caught:
    """One message as it came over the wire. `to` are the envelope's recipients.

    What a search reads is read once, on arrival; the rest when somebody looks.
    """

    id: int
    at: datetime
    sender: str
    to: tuple[str, ...]
    raw: bytes
    subject: str
    message_id: str

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return message_from_bytes(self.raw, _class=EmailMessage, policy=default)

    @property
    def text(self) -> str:
        """The plain part; empty where there is none."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty where there is none."""
        return self._part("html")

    @property
    def links(self) -> list[str]:
        """Every web address in it, each once: buttons first, then what stands in the text."""
        found = _Hrefs(self.html).found + _ADDRESS.findall(self.text)
        return list(dict.fromkeys(found))

    def as_json(self) -> dict[str, Any]:
        """The message for `/messages.json`."""
        return {
            "id": self.id,
            "to": list(self.to),
            "from": self.sender,
            "subject": self.subject,
            "date": self.at.isoformat(),
            "text": self.text,
            "html": self.html,
            "links": self.links,
            "headers": {name: str(value) for name, value in self.message.items()},
            "message_id": self.message_id,
        }

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        return part.get_content().replace("\r\n", "\n") if part is not None else ""


def received(number: int, at: datetime, sender: str, to: tuple[str, ...], raw: bytes) -> Caught:
    """A message with its subject in words and its Message-ID, the same on every copy of one mail."""
    head = BytesHeaderParser(policy=default).parsebytes(raw)
    subject, message_id = str(head.get("Subject", "")), str(head.get("Message-ID", "")).strip()
    return Caught(number, at, sender, to, raw, subject, message_id)


class _Hrefs(HTMLParser):
    """Collects where an HTML part leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the web addresses of links."""
        address = dict(attrs).get("href") if tag == "a" else None
        if address and _ADDRESS.fullmatch(address):
            self.found.append(address)


class Mailbox:
    """The newest messages, shared between the SMTP server, the pages and a test's thread."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: deque[Caught] = deque(maxlen=most)
        self._next = 1
        self._lock = threading.Lock()

    def put(self, at: datetime, sender: str, to: tuple[str, ...], raw: bytes) -> Caught:
        """Keep a message; the oldest goes when the box is full."""
        with self._lock:
            caught = received(self._next, at, sender, to, raw)
            self._next += 1
            self._kept.append(caught)
        return caught

    def all(self, to: str = "", subject: str = "") -> list[Caught]:
        """Newest first; only those whose recipient and subject contain these words, in any letter case."""
        with self._lock:
            kept = list(self._kept)
        to, subject = to.casefold().strip(), subject.casefold().strip()
        return [
            caught
            for caught in reversed(kept)
            if any(to in address.casefold() for address in caught.to) and subject in caught.subject.casefold()
        ]

    def get(self, id_: int) -> Caught | None:
        """The message of this number, while it is kept."""
        return next((caught for caught in self.all() if caught.id == id_), None)

    def empty(self) -> None:
        """Forget everything; numbers go on."""
        with self._lock:
            self._kept.clear()

    @property
    def newest(self) -> int:
        """The number of the last message ever caught; 0 before the first."""
        return self._next - 1
