"""Our postman with a transport that keeps nothing but the messages: what mail costs, without a mail server."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from bjc.db.session import Database
from bjc.rules.notices import Notice
from bjc.settings import Settings
from notifications.postman import Postman

_LINK = re.compile(r"/d/([\w-]{43})")


@dataclass
class Nowhere:
    """Takes every message, and looks at none of them until asked."""

    messages: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        """Always taken."""
        self.messages.append(message)

    def close(self) -> None:
        """Nothing is open."""


class Post:
    """The outbox emptied on demand, at the moment that the caller says it is."""

    def __init__(self, database: Database) -> None:
        self._now = datetime.min
        self._nowhere = Nowhere()
        self._postman = Postman(database, Settings(_env_file=None), self._nowhere, lambda: self._now)

    def deliver(self, now: datetime) -> None:
        """Send all that is due."""
        self._now = now
        while self._postman.tick(now):
            pass

    def secrets(self, notice: Notice) -> list[str]:
        """The secrets in the mails of this kind since last asked."""
        taken, self._nowhere.messages = self._nowhere.messages, []
        wanted = (m for m in taken if str(m["Feedback-ID"]).startswith(f"{notice.value}:"))
        found = (_LINK.search(_text_of(message)) for message in wanted)
        return [link[1] for link in found if link]


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""
