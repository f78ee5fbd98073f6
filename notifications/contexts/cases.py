"""Mails about a case that nobody votes on at the moment: received, asked about, waiting, withdrawn."""

from bjc.rules.working_days import spoken_date, spoken_deadline
from notifications.contexts.frame import Variables, need
from notifications.letters import Address, Letter
from notifications.words import ends_at, said, short_day


def scope_received(letter: Letter, address: Address) -> Variables:
    """The frozen scope proposal, and by when the board recommends it or not."""
    version, decision = need(letter.version, "version"), need(letter.decision, "decision")
    return {
        "version": version.number,
        "sha256": version.sha256,
        "body": decision.body,
        "deadline": spoken_deadline(ends_at(decision)),
    }


def submission_received(letter: Letter, address: Address) -> Variables:
    """The frozen case."""
    version = need(letter.version, "version")
    return {"version": version.number, "sha256": version.sha256, "funding": version.funding}


def questions_asked(letter: Letter, address: Address) -> Variables:
    """The questions, numbered."""
    if not letter.questions:
        raise LookupError("the mail has no questions to ask")
    return {"questions": list(enumerate(letter.questions, start=1)), "count": len(letter.questions)}


def standing_still(letter: Letter, address: Address) -> Variables:
    """Since when nothing has moved, and when it is asked about again."""
    case = need(letter.case, "case")
    later = case.review_at if case.review_at and case.review_at > letter.queued_at else None
    return {
        "stage": said(case.stage),
        "since": spoken_date(case.since),
        "next_review": spoken_date(later) if later else "",
        "next_day": short_day(later) if later else "",
    }


def withdrawn(letter: Letter, address: Address) -> Variables:
    """When it ended."""
    return {"since": spoken_date(letter.queued_at)}
