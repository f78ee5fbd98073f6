"""Mails about advice: asked for, and received."""

from bjc.rules.working_days import spoken_deadline
from notifications.contexts.frame import Variables, need
from notifications.letters import Address, AdviceFacts, Letter
from notifications.words import ADVICE, said, short_day


def request(letter: Letter, address: Address) -> Variables:
    """What is asked, of which post, on which version, and by when."""
    asked, version = need(letter.advice, "advice"), need(letter.version, "version")
    return {
        **_about(asked),
        "due_day": short_day(asked.due_at),
        "deadline": spoken_deadline(asked.due_at),
        "version": version.number,
        "ask": version.ask,
        "funding": version.funding,
    }


def receipt(letter: Letter, address: Address) -> Variables:
    """What was recorded, word for word."""
    given, version = need(letter.advice, "advice"), need(letter.version, "version")
    return {
        **_about(given),
        "recommendation": said(given.recommendation),
        "text": given.text,
        "given": spoken_deadline(need(given.given_at, "advice")),
        "version": version.number,
        "sha256": version.sha256,
    }


def _about(advice: AdviceFacts) -> Variables:
    return {
        "kind": advice.kind,
        "advice": ADVICE.get(advice.kind, f"{advice.kind} advice"),
        "for_service": advice.service,
        "post": advice.post,
    }
