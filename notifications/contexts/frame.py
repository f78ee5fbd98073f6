"""What every mail carries: whom it greets, its case, its link, and why it came."""

from typing import Any, TypeVar

from bjc.rules.working_days import spoken_date
from notifications.letters import Address, Letter
from notifications.standing import standing, why
from notifications.words import case_line, pounds, short_day

Variables = dict[str, Any]
Part = TypeVar("Part")


def frame(letter: Letter, address: Address, office: str) -> Variables:
    """The variables of the base templates, and the case's own where there is a case."""
    return {
        "alliance": letter.alliance,
        "office": office,
        "name": letter.to.name,
        "role": standing(letter).name.lower(),
        "why": why(letter),
        "day": short_day(letter.queued_at),
        "today": spoken_date(letter.queued_at),
        "link": address.url,
        "personal": address.personal,
        **_case(letter),
    }


def _case(letter: Letter) -> Variables:
    case = letter.case
    if case is None:
        return {"ref": ""}
    return {
        "ref": case.ref, "title": case.title, "amount": pounds(case.amount), "service": case.service,
        "lead": case.lead, "case_line": case_line(case),
    }  # fmt: skip


def need(part: Part | None, what: str) -> Part:
    """This part of the letter; LookupError where it is missing, so that the mail is parked with a reason."""
    if part is None:
        raise LookupError(f"the mail has no {what} to speak of")
    return part
