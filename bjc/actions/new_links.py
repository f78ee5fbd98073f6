"""Somebody asks for a new link: the mail that asked them goes out again, to them and to nobody else."""

from datetime import datetime

from sqlalchemy.orm import Session

from bjc.actions import notify
from bjc.db.questions import papers
from bjc.db.questions.links import wants_an_answer
from bjc.rules.notices import Notice, Purpose

# What asked first, and what its outbox rows call their subject.
ASKED_BY: dict[Purpose, tuple[Notice, str]] = {
    Purpose.DECIDE: (Notice.DECISION_REQUEST, "assignment"),
    Purpose.ADVISE: (Notice.ADVICE_REQUEST, "advice"),
    Purpose.APPOINTMENT: (Notice.APPOINTMENT_REQUEST, "appointment"),
}


def send_again(db: Session, purpose: Purpose, subject_id: int, now: datetime) -> bool:
    """Queue the request once more; its link is minted at delivery, as always. A mail that waits will do.

    False when nothing is asked any more: answered for good, closed, or the person has left.
    """
    asked = papers.lock_asked(db, purpose, subject_id)
    if asked is None or asked.person.left_on is not None or not wants_an_answer(db, purpose, subject_id, now):
        return False
    notice, kind = ASKED_BY[purpose]
    if not papers.mails_waiting(db, notice.value, kind, subject_id):
        occasion = f"again-{papers.mails_queued(db, notice.value, kind, subject_id)}"
        subject = (kind, subject_id)
        notify.tell_person(db, notice, subject, asked.person.id, occasion, now, asked.case_id)
    return True
