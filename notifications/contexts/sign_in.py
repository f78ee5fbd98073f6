"""The mail that lets somebody in."""

from bjc.actions.sign_in import VALID
from bjc.rules.working_days import spoken_deadline, spoken_time
from notifications.contexts.frame import Variables, need
from notifications.letters import Address, Letter


def sign_in(letter: Letter, address: Address) -> Variables:
    """The code, and until when each way in is open; empty when the request can no longer be used."""
    requested = need(letter.requested_at, "request to sign in")
    return {
        "requested": spoken_deadline(requested),
        "code_until": spoken_time(requested + VALID),
        "until": spoken_time(address.until) if address.until else "",
        "code": address.code,
    }
