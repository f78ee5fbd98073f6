"""Mails about the working group: seats offered, answered, declined, and authority in force."""

from bjc.rules.working_days import spoken_date, spoken_deadline
from notifications.contexts.frame import Variables, need
from notifications.letters import Address, DelegationFacts, Letter
from notifications.words import SEATS, pounds, short_day


def request(letter: Letter, address: Address) -> Variables:
    """The seat, the group, its authority, and by when an answer is wanted."""
    asked = need(letter.appointment, "appointment")
    return {
        "seat": SEATS.get(asked.seat, asked.seat),
        "due_day": short_day(asked.due_at),
        "deadline": spoken_deadline(asked.due_at),
        **authority(letter.delegation),
    }


def receipt(letter: Letter, address: Address) -> Variables:
    """What the addressee answered."""
    answered = need(letter.appointment, "appointment")
    return {
        "seat": SEATS.get(answered.seat, answered.seat),
        "accepted": answered.answer == "accepted",
        "reason": answered.reason,
        **authority(letter.delegation),
    }


def declined(letter: Letter, address: Address) -> Variables:
    """Who declined which seat, and why."""
    answered = need(letter.appointment, "appointment")
    return {
        "seat": SEATS.get(answered.seat, answered.seat),
        "person": answered.person,
        "reason": answered.reason,
        "group": need(letter.delegation, "delegation").group,
    }


def in_force(letter: Letter, address: Address) -> Variables:
    """The authority that the group now has, and since when."""
    since = need(letter.delegation, "delegation").in_force_at or letter.queued_at
    return {"since": spoken_date(since), **authority(letter.delegation)}


def authority(delegation: DelegationFacts | None) -> Variables:
    """A delegation in words: group, limit, tolerances, period, what is kept back, who takes which seat."""
    given = need(delegation, "delegation")
    return {
        "group": given.group,
        "limit": pounds(given.limit),
        "tolerance": f"{given.cost_tolerance_percent}% in cost, {given.time_tolerance_weeks} weeks in time",
        "period": f"{given.period_months} months",
        "reserved": given.reserved,
        "seats": [(SEATS.get(seat, seat).capitalize(), name) for seat, (_, name) in given.holders.items()],
    }
