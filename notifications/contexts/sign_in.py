"""The mail that lets somebody in."""

from bjc.rules.working_days import spoken_deadline, spoken_time
from notifications.contexts.frame import Variables, need
from notifications.letters import Address, Letter


def sign_in(letter: Letter, address: Address) -> Variables:
    """The code and until when both ways in are open; both empty when the request can no longer be used."""
    return {
        "requested": spoken_deadline(need(letter.requested_at, "request to sign in")),
        "until": spoken_time(address.until) if address.until else "",
        "code": address.code,
    }
