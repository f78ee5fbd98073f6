"""The work: one case's whole road, from triage to delegated, each human step a transaction of its own.

Every program (ours and the baselines) walks it with the same words, people and votes, and is asked for
the same rows at its end.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bench.figures import Watch
from bjc.rules.case import SECTIONS, section_model
from bjc.rules.notices import Notice
from tests.builders import sections

START = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
LATER = timedelta(days=3)  # after the grace
WARM_UP = 3
AGAINST = 3  # the fourth of eight members votes no
NOT_HUMAN = ("clock", "mail")
TEXT = "Two crews, one desk, and a rota that holds when one of them is out on a call. " * 9


class Program(Protocol):
    """One way to do the work. Every method that takes `now` is timed; a step is one committed transaction."""

    name: str

    def open_case(self, title: str, now: datetime) -> str: ...
    def save_scope(self, ref: str, now: datetime) -> None: ...
    def propose_scope(self, ref: str, now: datetime) -> None: ...
    def vote(self, secret: str, in_favour: bool, now: datetime) -> None: ...
    def save_section(self, ref: str, key: str, values: dict[str, Any], now: datetime) -> None: ...
    def submit(self, ref: str, now: datetime) -> None: ...
    def advise(self, secret: str, now: datetime) -> None: ...
    def draft_delegation(self, ref: str, now: datetime) -> None: ...
    def accept(self, secret: str, now: datetime) -> None: ...
    def settle(self, ref: str, now: datetime) -> None: ...
    def deliver(self, now: datetime) -> None: ...

    def is_due(self, ref: str, at: datetime) -> bool:
        """Whether the clock has work to do on this case. Not timed: the dispatcher asks it for all cases at once."""

    def secrets(self, notice: Notice) -> list[str]:
        """The secrets of the links in the mails of this kind that went out since last asked. Not timed."""


def walk(program: Program, watch: Watch, title: str) -> str:
    """One case from triage to delegated, everything timed by its kind; returns its reference."""
    walker = _Walker(program, watch)
    walker.propose(title)
    walker.decide()
    walker.write(title)
    walker.decide()
    walker.step("accept", program.accept, *walker.links(Notice.APPOINTMENT_REQUEST))
    walker.deliver()
    return walker.ref


class _Walker:
    def __init__(self, program: Program, watch: Watch) -> None:
        self.program, self.watch = program, watch
        self.now, self.ref = START, ""

    def propose(self, title: str) -> None:
        with self.watch.timing("open"):
            self.ref = self.program.open_case(title, self.now)
        self._settle_if_due()
        self.step("scope", self.program.save_scope, (self.ref,))
        self.step("propose", self.program.propose_scope, (self.ref,))

    def write(self, title: str) -> None:
        case = {**sections(), "title": title, **{key: TEXT for key in SECTIONS if key != "about"}}
        for key in SECTIONS:
            values = {name: case[name] for name in section_model(key).model_fields}
            self.step("section", self.program.save_section, (self.ref, key, values))
        self.step("submit", self.program.submit, (self.ref,))
        self.step("advise", self.program.advise, *self.links(Notice.ADVICE_REQUEST))
        self.step("delegation", self.program.draft_delegation, (self.ref,))

    def decide(self) -> None:
        """Eight members vote by the links in their mails: seven yes, one no. Then the grace ends."""
        voters = self.links(Notice.DECISION_REQUEST)
        assert len(voters) == 8, f"{self.program.name}: {len(voters)} members were asked, not 8"
        said = [(secret, nth != AGAINST) for nth, (secret,) in enumerate(voters)]
        self.step("vote", self.program.vote, *said)
        self.now += LATER
        self._settle_if_due()

    def links(self, notice: Notice) -> list[tuple[str]]:
        """Nobody can act before the mail is there."""
        self.deliver()
        return [(secret,) for secret in self.program.secrets(notice)]

    def deliver(self) -> None:
        with self.watch.timing("mail"):
            self.program.deliver(self.now)

    def step(self, kind: str, act: Callable[..., None], *each: tuple[Any, ...]) -> None:
        """Do the same human step for each of these arguments; the clock's work follows where there is some."""
        for arguments in each:
            with self.watch.timing(kind):
                act(*arguments, self.now)
            self._settle_if_due()

    def _settle_if_due(self) -> None:
        while self.program.is_due(self.ref, self.now):
            with self.watch.timing("clock"):
                self.program.settle(self.ref, self.now)
