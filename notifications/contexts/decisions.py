"""Mails about a decision: asked for, recorded, extended, moved to a meeting, void, and what came of it."""

from bjc.rules.decision import WORDING, Choice, DecisionKind, outcome_words
from bjc.rules.working_days import spoken_date, spoken_deadline
from notifications.contexts.appointments import authority
from notifications.contexts.frame import Variables, need
from notifications.letters import Address, AdviceFacts, DecisionFacts, Letter, ResolutionFacts, SeatFacts
from notifications.words import ADVICE, DECISIONS, ends_at, said, short_day


def request(letter: Letter, address: Address) -> Variables:
    """What is to be decided, by when, on which version, and what advisers say of it."""
    decision, seat = need(letter.decision, "decision"), need(letter.seat, "seat")
    approval = decision.kind == "approval"
    return {
        **_about(decision),
        "post": seat.post,
        "ask": decision.version.ask,
        "funding": decision.version.funding,
        "advice": [_advice_line(one) for one in decision.advice] if approval else [],
        "delegation": authority(letter.delegation) if approval and letter.delegation else None,
    }


def receipt(letter: Letter, address: Address) -> Variables:
    """What the addressee said, on exactly which version, and whether it can still be changed."""
    decision, seat = need(letter.decision, "decision"), need(letter.seat, "seat")
    is_open = decision.closed_at is None and decision.closes_at is not None
    return {
        **_about(decision),
        "post": seat.post,
        "choice": _choice(decision, seat),
        "withdrew": bool(seat.interest),
        "reason": seat.reason,
        "conditions": seat.conditions,
        "interest": seat.interest,
        "answered": spoken_deadline(seat.answered_at or letter.queued_at),
        "sha256": decision.version.sha256,
        "is_open": is_open,
    }


def stands_over(letter: Letter, address: Address) -> Variables:
    """Why it could not be decided in writing."""
    decision = need(letter.decision, "decision")
    answered = _choice(decision, letter.seat) if letter.seat and letter.seat.answered_at else ""
    return {**_about(decision), "choice": answered}


def void(letter: Letter, address: Address) -> Variables:
    """Why nothing is to be decided any more, and what becomes of an answer already given."""
    decision, seat = need(letter.decision, "decision"), need(letter.seat, "seat")
    answered = _choice(decision, seat) if seat.answered_at else ""
    return {**_about(decision), "void_reason": decision.void_reason, "choice": answered}


def outcome(letter: Letter, address: Address) -> Variables:
    """What came of it, sentence by sentence, with what the Authorities resolved where they did."""
    decision = need(letter.decision, "decision")
    return {
        **_about(decision),
        "outcome": outcome_words(decision.outcome, decision.kind),
        "working": list(decision.working),
        "terms": list(decision.terms),
        "reasons": list(decision.reasons),
        "resolutions": [(one.authority, _resolved(one), one.text) for one in decision.resolutions],
    }


def approved(letter: Letter, address: Address) -> Variables:
    """The outcome, its conditions, and the authority that is to be delegated."""
    decision = need(letter.decision, "decision")
    return {
        **outcome(letter, address),
        "conditions": [(one.text, one.post) for one in decision.conditions],
        "delegation": authority(letter.delegation) if letter.delegation else None,
    }


def deferred(letter: Letter, address: Address) -> Variables:
    """The outcome, and when the case is looked at again."""
    review = need(letter.case, "case").review_at
    return {
        **outcome(letter, address),
        "review": spoken_deadline(review) if review else "",
        "review_day": short_day(review) if review else "",
    }


def _about(decision: DecisionFacts) -> Variables:
    return {
        "kind": decision.kind,
        "decision": DECISIONS.get(decision.kind, "decision"),
        "body": decision.body,
        "version": decision.version.number,
        "due_day": short_day(ends_at(decision)),
        "deadline": spoken_deadline(ends_at(decision)),
    }


def _choice(decision: DecisionFacts, seat: SeatFacts) -> str:
    """What a member said, in the words of the page on which they said it."""
    if seat.interest:
        return "declared an interest and withdrew"
    return WORDING[DecisionKind(decision.kind)][Choice(seat.choice)].lower() if seat.choice else ""


def _advice_line(advice: AdviceFacts) -> tuple[str, str]:
    """`Finance advice, SFRS` beside what it comes to, or that it is missing."""
    kind = ADVICE.get(advice.kind, f"{advice.kind} advice")
    came_to = said(advice.recommendation) if advice.given_at else "not given yet"
    return f"{kind.capitalize()}, {advice.short}", came_to.capitalize()


def _resolved(one: ResolutionFacts) -> str:
    """`Agreed on Fri 4 Dec 2026, minute FA 12/26`."""
    return f"{said(one.resolution)} on {spoken_date(one.met_on)}, minute {one.minute}"
