"""Delivers the outbox (design.md D5): claim, mint the link, render, send, mark; each kept before the next begins.

Killed anywhere, it loses nothing: the claim runs out and another postman starts that mail again. Only a
kill between sending and marking sends a second copy, which carries the same Message-ID.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from bjc.actions import outbox
from bjc.db.mail import Outbox
from bjc.db.questions.mail import is_mail_due
from bjc.db.session import Database
from bjc.errors import BjcError, Invalid
from bjc.rules.working_days import local_day
from bjc.settings import Settings
from notifications import envelope, minting
from notifications.letters import Letter
from notifications.loading import load
from notifications.render import render, without_link
from notifications.transport import Transport, TransportFailed

BATCH = 20
ENOUGH_LEASE = timedelta(seconds=30)
AFTER_TROUBLE = 5.0

log = logging.getLogger("bjc.postman")


@dataclass
class Postman:
    """One delivery round after another. Several may run: a claim belongs to one of them."""

    database: Database
    settings: Settings
    transport: Transport
    clock: Callable[[], datetime]

    def run(self, stop: threading.Event, interval: float = 0.5) -> None:
        """Deliver until `stop` is set, looking every `interval` seconds. Trouble with the database is waited out."""
        while not stop.is_set():
            try:
                busy = self.tick(self.clock()) > 0
            except SQLAlchemyError:
                log.exception("the database could not be used; the postman waits %s seconds", AFTER_TROUBLE)
                stop.wait(AFTER_TROUBLE)
                continue
            if not busy:
                stop.wait(interval)

    def tick(self, now: datetime) -> int:
        """Deliver what is due now, a batch at most; returns how many mails were taken up. Nothing due: one SELECT."""
        with self.database.reading() as db:
            if not is_mail_due(db, now):
                return 0
        with self.database.writing() as db:
            rows = outbox.claim(db, now, BATCH)
        try:
            for row in rows:
                self._carry(row)
        finally:
            self.transport.close()
        return len(rows)

    def deliver(self, row: Outbox) -> Iterator[str]:
        """The steps of one claimed mail, each named once it is done and kept."""
        with self.database.reading() as db:
            letter = load(db, row)
        check_addressee(letter, self.clock())
        address = minting.address_of(self.database, row, letter, self.settings, self.clock())
        yield "minted"
        mail = render(letter, address, self.settings, self.clock())
        yield "rendered"
        self.transport.send(mail.message)
        yield "sent"
        kept = without_link(mail.text, address.url, address.code) if address.personal else mail.text
        with self.database.writing() as db:
            outbox.sent(
                db, row, self.clock(), envelope.message_id(letter, self.settings),
                letter.to.address, mail.subject, kept,
            )  # fmt: skip
        yield "marked"

    def _carry(self, row: Outbox) -> None:
        """Deliver one mail. Whatever is wrong with it is its own affair: the others go on."""
        if row.lease_until is None or self.clock() > row.lease_until - ENOUGH_LEASE:
            return  # the batch was slow; somebody takes this one up again when the claim has run out
        try:
            for _ in self.deliver(row):
                pass
        except TransportFailed as failed:
            self._failed(row, failed)
        except (OperationalError, InterfaceError):
            raise  # the database itself: no other mail would fare better
        except Exception as wrong:  # noqa: BLE001 - a mail that cannot be written must not stop the others
            self._park(row, str(wrong) if isinstance(wrong, BjcError | LookupError) else f"{wrong!r:.300}")

    def _failed(self, row: Outbox, failed: TransportFailed) -> None:
        if failed.permanent:
            self._park(row, failed.message)
            return
        log.warning("mail %s goes back into the queue: %s", row.id, failed.message)
        with self.database.writing() as db:
            outbox.put_back(db, row, self.clock(), failed.message)

    def _park(self, row: Outbox, problem: str) -> None:
        log.error("mail %s is parked: %s", row.id, problem)
        with self.database.writing() as db:
            outbox.park(db, row, problem)


def check_addressee(letter: Letter, now: datetime) -> None:
    """Raises Invalid when there is nobody to write to, before a link is minted for them."""
    envelope.deliverable(letter.to.address)
    left = letter.to.left_on
    if left is not None and left <= local_day(now):
        raise Invalid(f"{letter.to.name} has left.", "Name who takes over, then send the mail again.")
