"""A play of the demo's case with a stopwatch: from a person's click to the mail in the catcher."""

import time

from bjc.cli.browsing import Browser
from bjc.cli.play import Play
from bjc.rules.notices import Notice
from bjc.settings import Settings

SIGN_IN, SCOPE, APPOINTMENTS = "sign-in request", "last scope vote", "last vote"
PATIENCE = 120.0


class TimedPlay(Play):
    """`seconds` by what was clicked. A mail is seen within 0.1 s of its arrival."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, PATIENCE, say=lambda line: None)
        self.seconds: dict[str, list[float]] = {SIGN_IN: [], SCOPE: [], APPOINTMENTS: []}
        self._clicked = 0.0

    def sign_in(self, post: str) -> Browser:
        """As a person does; timed from the request to the mail."""
        browser, address = Browser(self.settings.site), self.address_of(post)
        seen = self.mails.last_id()
        browser.open("/sign-in")
        self._click()
        browser.send({"email": address})
        mail = self.mails.wait(address, Notice.SIGN_IN, since=seen)
        self._took(SIGN_IN)
        browser.open(mail.link)
        browser.send({})
        return browser

    def answer(self, opened: list[Browser], values: dict[str, str]) -> None:
        """The last answer of all is the click that counts."""
        super().answer(opened[:-1], values)
        self._click()
        opened[-1].send(values)
        opened[-1].close()

    def write_case(self, lead: Browser) -> None:
        """Before it, the mail has come that says that the scope is recommended."""
        self._took(SCOPE)
        super().write_case(lead)

    def accept(self) -> None:
        """Timed until all three mails are there; the seats are then taken."""
        group = next(entry for entry in self.demo.groups if entry.key == self.case.group)
        addresses = [self.address_of(post) for post in (group.chair, group.sponsor, group.lead)]
        mails = [self.mails.wait(address, Notice.APPOINTMENT_REQUEST, ref=self.ref) for address in addresses]
        self._took(APPOINTMENTS)
        opened = [Browser(self.settings.site) for _ in mails]
        for browser, mail in zip(opened, mails, strict=True):
            browser.open(mail.link)
        self.answer(opened, {"accepts": "accept"})

    def _click(self) -> None:
        self._clicked = time.monotonic()

    def _took(self, what: str) -> None:
        self.seconds[what].append(time.monotonic() - self._clicked)
