"""A case walks from an empty form to a delegated group, by the pages, mails and flows that people use.

It is the demo's show and the end-to-end test at once: it knows nothing of the database.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bjc.alliance import default_alliance_path, default_demo_path, load_alliance, load_demo
from bjc.cli.browsing import Browser
from bjc.cli.mails import Mail, Mails
from bjc.clock import utcnow
from bjc.errors import BjcError
from bjc.rules.case import SECTIONS, section_model
from bjc.rules.demo_model import DemoCase, Person
from bjc.rules.notices import Notice
from bjc.rules.triage import TriageAnswers
from bjc.rules.working_days import add_working_days, local_day
from bjc.settings import Settings


@dataclass(frozen=True)
class Step:
    """One thing that was done, and the seconds it took."""

    what: str
    seconds: float


class Play:
    """One play of the demo's case. `say` gets a line a step; `patience` is how long any one mail may take."""

    def __init__(self, settings: Settings, patience: float, say: Callable[[str], None]) -> None:
        self.settings, self.say = settings, say
        self.alliance, self.demo = load_alliance(default_alliance_path()), load_demo(default_demo_path())
        self.case: DemoCase = self.demo.cases[0]
        self.mails = Mails(settings.catcher_pages_port, patience)
        self.steps: list[Step] = []
        self.ref = ""
        self._since = time.monotonic()

    def to_delegated(self) -> None:
        """The whole way. Raises BjcError at the first thing that is not as it should be."""
        lead = self.sign_in(self.case.lead)
        self.triage(lead)
        self.propose_scope(lead)
        self.decide("scope decision")
        self.expect(Notice.SCOPE_RECOMMENDED, self.case.lead, "the scope is recommended; the lead is told")
        self.write_case(lead)
        self.draft_delegation()
        self.advise()
        self.decide("approval decision")
        self.accept()
        self.expect(Notice.DELEGATION_IN_FORCE, self.case.lead, "authority is delegated; the group is told")
        self.check_end(lead)

    def report(self) -> dict[str, Any]:
        """What was played, for `--json`."""
        return {
            "case": self.ref,
            "steps": [{"what": s.what, "seconds": round(s.seconds, 3)} for s in self.steps],
        }

    def sign_in(self, post: str) -> Browser:
        """Ask for a link, read the mail, confirm."""
        browser, address = Browser(self.settings.site), self.address_of(post)
        seen = self.mails.last_id()
        browser.open("/sign-in")
        browser.send({"email": address})
        browser.open(self.mails.wait(address, Notice.SIGN_IN, since=seen).link)
        browser.send({})
        self.did(f"{self.name_of(post)} signs in by an emailed link")
        return browser

    def triage(self, lead: Browser) -> None:
        """Six questions, the check, and a case is open."""
        given = self.case.triage.model_dump(mode="json")
        lead.open("/cases/new")
        lead.open(lead.link_to("/cases/new/"))
        for name in TriageAnswers.model_fields:
            lead.send({name: str(given[name])})
        lead.send({})
        self.ref = lead.address.split("/cases/")[1].split("/")[0]
        self.did(f"triage answered: {self.ref} is opened, a business justification case")

    def propose_scope(self, lead: Browser) -> None:
        """The one page that the scope decision is about."""
        submit_by = add_working_days(local_day(utcnow()), self.case.days_to_prepare)
        answers = {**self.case.scope.model_dump(mode="json", exclude={"effect", "submit_by"})}
        answers |= {f"effect_{key}": text for key, text in self.case.scope.effect.items()}
        lead.open(f"/cases/{self.ref}/scope")
        lead.send({**{k: str(v) for k, v in answers.items()}, **_parts("submit_by", submit_by)})
        lead.send({})
        self.did("the scope proposal is written, checked and sent")

    def decide(self, what: str) -> None:
        """Every member opens their own link, reads, and decides."""
        opened = [self.open_link(Notice.DECISION_REQUEST, post) for post in self.board()]
        self.did(f"{what}: {len(opened)} members have their mail and open their link")
        self.answer(opened, {"choice": "approve", "sure": "yes"})
        self.did(f"{what}: all {len(opened)} have read it and decided")

    def answer(self, opened: list[Browser], values: dict[str, str]) -> None:
        """After a moment's reading (a faster answer is asked for again), everybody sends their form."""
        time.sleep(max(policy.decision.fastest_answer_seconds for policy in self.alliance.policy) + 0.2)
        for browser in opened:
            browser.send(values)
            browser.close()

    def write_case(self, lead: Browser) -> None:
        """All sections, the check, the declaration."""
        document = self.case.document.model_dump(mode="json")
        for key in SECTIONS:
            lead.open(f"/cases/{self.ref}/sections/{key}")
            lead.send({name: str(document[name]) for name in section_model(key).model_fields})
        lead.open(f"/cases/{self.ref}/check")
        lead.send({"declared": "yes"})
        self.did(f"{len(SECTIONS)} sections written, checked, declared and submitted: the version is frozen")

    def draft_delegation(self) -> None:
        """The programme office says what would be delegated, and to whom."""
        group = next(entry for entry in self.demo.groups if entry.key == self.case.group)
        office = self.sign_in("office-sfrs")
        office.open(f"/cases/{self.ref}/delegation")
        sponsor, lead = (self.name_of(post) for post in (group.sponsor, group.lead))
        office.send({
            "group": group.name, "limit": str(self.case.delegation.limit), "chair_post": group.chair,
            "sponsor_id": office.option_of("sponsor_id", sponsor), "lead_id": office.option_of("lead_id", lead),
            "reserved": self.case.delegation.reserved,
        })  # fmt: skip
        office.close()
        self.did(f"the programme office drafts the delegation to the {group.name}")

    def advise(self) -> None:
        """Finance advice and impact statements, each by its own link."""
        opened = [self.open_link(Notice.ADVICE_REQUEST, owed.post) for owed in self.alliance.advice]
        text = "Considered for this service: the figures are sound and the cost is affordable."
        self.answer(opened, {"recommendation": "support", "text": text})
        self.did(f"{len(self.alliance.advice)} pieces of advice are in")

    def accept(self) -> None:
        """Chair, sponsor and lead take their seats. The first mail's time is the click-to-mail figure."""
        group = next(entry for entry in self.demo.groups if entry.key == self.case.group)
        posts = (group.chair, group.sponsor, group.lead)
        opened = [self.open_link(Notice.APPOINTMENT_REQUEST, post) for post in posts]
        self.did("last vote to appointment mails: approved, and three people are asked to take their seats")
        self.answer(opened, {"accepts": "accept"})
        self.did("chair, sponsor and lead accept")

    def check_end(self, lead: Browser) -> None:
        """The case page says so."""
        page = lead.open(f"/cases/{self.ref}")
        if "delegated" not in page.lower():
            raise BjcError(f"{self.ref} should be delegated, but its page does not say so.")
        lead.close()
        self.did(f"{self.ref} is delegated; its page says so")

    def expect(self, notice: Notice, post: str, what: str) -> Mail:
        """Wait for a mail about this case to the holder of a post."""
        mail = self.mails.wait(self.address_of(post), notice, ref=self.ref)
        self.did(what)
        return mail

    def open_link(self, notice: Notice, post: str) -> Browser:
        """A new browser, opened by the link in the newest mail of this kind to the holder of a post."""
        browser = Browser(self.settings.site)
        browser.open(self.mails.wait(self.address_of(post), notice, ref=self.ref).link)
        return browser

    def board(self) -> list[str]:
        """The posts of the deciding body."""
        return [post.key for post in self.alliance.posts_of(self.alliance.deciding_body.key)]

    def address_of(self, post: str) -> str:
        """The address of whoever holds a post today."""
        return self._holder(post).email

    def name_of(self, post: str) -> str:
        """The name of whoever holds a post today."""
        return self._holder(post).name

    def _holder(self, post: str) -> Person:
        found = self.demo.holder_on(post, local_day(utcnow()))
        if found is None:
            raise BjcError(f"In the demo nobody holds {post} today.")
        return found

    def did(self, what: str) -> None:
        """Note a step with the time since the last one, and say it."""
        now = time.monotonic()
        step = Step(what, now - self._since)
        self._since = now
        self.steps.append(step)
        self.say(f"{step.seconds:6.2f} s  {what}")


def _parts(name: str, day: date) -> dict[str, str]:
    """A date as its three fields."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
