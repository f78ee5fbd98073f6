"""In which capacity a mail comes to somebody: the first line of its small print, and what it asks of them."""

from bjc.rules.notices import SENDINGS, Recipient
from notifications.letters import Letter
from notifications.words import SEATS

# Who must act comes before who is told: a chief fire officer who also leads a case is asked as a chief.
_ORDER = (
    Recipient.SUBJECT,
    Recipient.CHIEFS,
    Recipient.CLERKS,
    Recipient.LEAD,
    Recipient.GROUP,
    Recipient.VOTERS,
    Recipient.OFFICE,
)


def standing(letter: Letter) -> Recipient:
    """The capacity that counts for this mail; the programme office where none can be told any more."""
    wanted = SENDINGS[letter.notice].to
    return next((role for role in _ORDER if role in wanted and _is(letter, role)), Recipient.OFFICE)


def why(letter: Letter) -> str:
    """The rest of "You get this mail because ..."."""
    role = standing(letter)
    if role is Recipient.SUBJECT:
        return _why_subject(letter)
    if role is Recipient.LEAD:
        return "you are the project lead of this case"
    if role is Recipient.GROUP:
        return f"you are the {_seat(letter)} of the working group for this case"
    if role is Recipient.VOTERS and letter.seat:
        return f"you were asked to decide on it as {letter.seat.post}"
    post = letter.to.posts.get(_KINDS.get(role, "office"))
    return f"you hold the post {post}" if post else "you were in the programme office when it was sent"


def _why_subject(letter: Letter) -> str:
    if letter.seat and letter.decision:
        return f"you hold the post {letter.seat.post} and were asked to decide on this case"
    if letter.advice:
        return f"you hold the post {letter.advice.post}, which gives advice before the board decides"
    if letter.appointment:
        return f"you were asked to be {SEATS.get(letter.appointment.seat, letter.appointment.seat)}"
    return "somebody, most likely you, asked to sign in with this address"


_KINDS = {Recipient.OFFICE: "office", Recipient.CLERKS: "clerk", Recipient.CHIEFS: "chief"}


def _is(letter: Letter, role: Recipient) -> bool:
    if role in _KINDS:
        return _KINDS[role] in letter.to.posts
    if role is Recipient.LEAD:
        return letter.case is not None and letter.case.lead_id == letter.to.id
    if role is Recipient.GROUP:
        return bool(_seat(letter))
    if role is Recipient.VOTERS:
        return letter.seat is not None
    return True


def _seat(letter: Letter) -> str:
    """The seat of the group that the addressee takes."""
    held = letter.delegation.holders.items() if letter.delegation else ()
    return next((SEATS.get(seat, seat) for seat, (person, _) in held if person == letter.to.id), "")
