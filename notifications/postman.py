"""Delivers the outbox (design.md D5): claim, mint the links, then render and send each mail, mark a handful at once.

Killed anywhere, it loses nothing: the claim runs out and another postman starts those mails again. Only a kill
between sending and marking sends second copies, of a handful at most, which carry the same Message-IDs.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from bjc.actions import outbox
from bjc.actions.outbox import Sent
from bjc.db.mail import Outbox
from bjc.db.questions.mail import is_mail_due
from bjc.db.session import Database
from bjc.errors import BjcError, Invalid
from bjc.rules.working_days import local_day
from bjc.settings import Settings
from notifications import envelope, minting
from notifications.letters import Address, Letter
from notifications.loading import load, prepare
from notifications.render import Rendered, render, without_link
from notifications.transport import Transport, TransportFailed

BATCH = 20
MARKED_TOGETHER = 10
ENOUGH_LEASE = timedelta(seconds=30)
AFTER_TROUBLE = 5.0

log = logging.getLogger("bjc.postman")


@dataclass(frozen=True)
class _Mail:
    """A claimed mail with its letter, and where its link leads."""

    row: Outbox
    letter: Letter
    address: Address


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
            for _ in self.deliver(rows):
                pass
        finally:
            self.transport.close()
        return len(rows)

    def deliver(self, rows: Sequence[Outbox]) -> Iterator[str]:
        """The steps of claimed mails, each named once it is done and kept. What mails can share is done once."""
        mails = self._addressed(self._written(rows))
        yield "minted"
        sent: list[Sent] = []
        try:
            for mail in mails:
                with self._own_affair(mail.row):
                    if self._is_late(mail.row):
                        continue  # the batch was slow; somebody takes it up again when the claim has run out
                    rendered = render(mail.letter, mail.address, self.settings, self.clock())
                    yield "rendered"
                    self.transport.send(rendered.message)
                    sent.append(self._sent(mail, rendered))
                    yield "sent"
                if len(sent) == MARKED_TOGETHER:
                    self._mark(sent)
        finally:
            self._mark(sent)
        yield "marked"

    def _written(self, rows: Sequence[Outbox]) -> list[tuple[Outbox, Letter]]:
        """The letters of those mails that can be written, loaded in one session."""
        with self.database.reading() as db:
            prepare(db, rows)
            found = [(row, _loaded(db, row)) for row in rows]
        fit: list[tuple[Outbox, Letter]] = []
        for row, letter in found:
            with self._own_affair(row):
                fit.append((row, check(letter, self.clock())))
        return fit

    def _addressed(self, letters: Sequence[tuple[Outbox, Letter]]) -> list[_Mail]:
        """Every mail with its link; where one is at fault, each is minted alone, and only that one is parked."""
        try:
            return self._minted(letters)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # noqa: BLE001 - it comes again below, as its own mail's affair
            found: list[_Mail] = []
            for one in letters:
                with self._own_affair(one[0]):
                    found += self._minted([one])
            return found

    def _minted(self, letters: Sequence[tuple[Outbox, Letter]]) -> list[_Mail]:
        """Every link is minted in one short transaction."""
        now = self.clock()
        wishes = [(row, letter, minting.wish(row, letter, now)) for row, letter in letters]
        with self.database.writing() as db:
            return [
                _Mail(row, letter, minting.address_of(db, row, letter, wish, self.settings, now))
                for row, letter, wish in wishes
            ]

    def _is_late(self, row: Outbox) -> bool:
        return row.lease_until is None or self.clock() > row.lease_until - ENOUGH_LEASE

    def _mark(self, sent: list[Sent]) -> None:
        """Note that these have gone, and forget them."""
        if sent:
            with self.database.writing() as db:
                outbox.all_sent(db, sent)
            sent.clear()

    def _sent(self, mail: _Mail, rendered: Rendered) -> Sent:
        letter, address = mail.letter, mail.address
        text = without_link(rendered.text, address.url, address.code) if address.personal else rendered.text
        message_id = envelope.message_id(letter, self.settings)
        return Sent(mail.row, self.clock(), message_id, letter.to.address, rendered.subject, text)

    @contextmanager
    def _own_affair(self, row: Outbox) -> Iterator[None]:
        """Whatever is wrong with one mail: the others go on."""
        try:
            yield
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


def check(letter: Letter | Exception, now: datetime) -> Letter:
    """Raises what was wrong with it, and Invalid when there is nobody to write to, before a link is minted for them."""
    if isinstance(letter, Exception):
        raise letter
    envelope.deliverable(letter.to.address)
    left = letter.to.left_on
    if left is not None and left <= local_day(now):
        raise Invalid(f"{letter.to.name} has left.", "Name who takes over, then send the mail again.")
    return letter


def _loaded(db: Session, row: Outbox) -> Letter | Exception:
    try:
        return load(db, row)
    except (OperationalError, InterfaceError):
        raise
    except Exception as wrong:  # noqa: BLE001 - it is parked with the others that cannot be written
        return wrong
