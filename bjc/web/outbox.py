"""The outbox, for the programme office: what was queued, sent, dropped or parked; its text; and sending it again."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from bjc.actions import outbox
from bjc.db.questions.outbox import Posted as Mail
from bjc.db.questions.outbox import mail_by_id, mails_by_status, mails_on_page
from bjc.errors import Conflict, NotFound
from bjc.rules.access import Act
from bjc.rules.working_days import spoken_deadline
from bjc.web.deps import Db, Me, Now, as_office, require, see, standing
from bjc.web.doors import RowId
from bjc.web.nav import nav
from bjc.web.paging import SIZE, page_number, pagination
from bjc.web.posted import Posted, refuse_strangers
from bjc.web.render import page

router = APIRouter(include_in_schema=False)
STATUS = {
    "parked": ("Parked", "red"),
    "queued": ("Queued", "blue"),
    "claimed": ("On its way", "blue"),
    "sent": ("Sent", "grey"),
    "dropped": ("Dropped", "grey"),
}
DONE = {
    "released": ("The mail is queued again. The postman takes it within seconds.", "success"),
    "not": "This mail is not parked any more, so it was not sent again.",
}


@router.get("/outbox")
def mails(request: Request, me: Me, database: Db, now: Now) -> Response:
    """Mails, newest first, all or of one status; 25 a page."""
    asked = request.query_params.get("status", "")
    status = asked if asked in STATUS else ""
    with database.reading() as db:
        roles = standing(db, me, now)
        require(Act.SEE_MAIL, roles)
        counts = mails_by_status(db)
        total = counts.get(status, 0) if status else sum(counts.values())
        number = page_number(request.query_params.get("page", ""), total)
        rows = [_row(mail) for mail in mails_on_page(db, status, number, SIZE)]
    return page(
        request, "outbox.html", title="Outbox", nav=nav(roles, request.url.path), rows=rows, total=total,
        chosen=status, words=STATUS[status][0].lower() if status else "", options=_options(counts),
        notice=f"There is no status “{asked}”. All mails are shown." if asked and not status else None,
        parked=counts.get("parked", 0), first=(number - 1) * SIZE + 1,
        pagination=pagination("/outbox", {"status": status}, number, total),
    )  # fmt: skip


def _row(found: Mail) -> dict[str, Any]:
    mail = found.mail
    when = (
        f"sent {spoken_deadline(mail.sent_at)}"
        if mail.sent_at
        else f"queued {spoken_deadline(mail.queued_at)}"
    )
    about = (f"To {found.person.name}", found.case.ref if found.case else "", when)
    return {
        "title": _subject(found), "href": f"/outbox/{mail.id}", "about": " · ".join(part for part in about if part),
        "problem": mail.problem, "tag": STATUS[mail.status], "late": mail.status == "parked",
    }  # fmt: skip


def _subject(found: Mail) -> str:
    """What it says, once it was written; before that, its kind in words."""
    return found.mail.subject_line or found.mail.kind.replace("_", " ").capitalize()


def _options(counts: dict[str, int]) -> list[dict[str, str]]:
    some = [
        {"value": key, "text": f"{words} ({counts[key]})"}
        for key, (words, _) in STATUS.items()
        if key in counts
    ]
    return [{"value": "", "text": f"All mails ({sum(counts.values())})"}, *some]


@router.get("/outbox/{mail}")
def one(request: Request, mail: RowId, me: Me, database: Db, now: Now) -> Response:
    """One mail: to whom, about what, what became of it, and its words without the link."""
    with database.reading() as db:
        roles = standing(db, me, now)
        require(Act.SEE_MAIL, roles)
        shown = _shown(_found(db, mail))
    notice = DONE.get(request.query_params.get("done", ""))
    return page(
        request, "outbox_mail.html", nav=nav(roles, request.url.path), back="/outbox", notice=notice,
        action=f"/outbox/{mail}/release", **shown,
    )  # fmt: skip


@router.post("/outbox/{mail}/release")
def release(mail: RowId, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Send a parked mail again."""
    refuse_strangers(form, set(), set())
    try:
        with database.writing() as db:
            require(Act.SEE_MAIL, standing(db, me, now))
            _found(db, mail)
            outbox.release(db, mail, as_office(me), now)
    except Conflict:
        return see(f"/outbox/{mail}?done=not")
    return see(f"/outbox/{mail}?done=released")


def _found(db: Session, number: int) -> Mail:
    found = mail_by_id(db, number)
    if found is None:
        raise NotFound("There is no such mail.", "The outbox lists all of them.")
    return found


def _shown(found: Mail) -> dict[str, Any]:
    mail = found.mail
    rows = [
        ("To", f"{found.person.name}\n{mail.address or found.person.email}"),
        ("Kind", mail.kind.replace("_", " ").capitalize()),
        ("Queued", spoken_deadline(mail.queued_at)),
        ("Sent", spoken_deadline(mail.sent_at) if mail.sent_at else ""),
        ("Tries", str(mail.attempts)),
        ("Not sent because" if mail.status == "dropped" else "Problem", mail.problem),
        ("Message-ID", mail.message_id or ""),
    ]
    return {
        "title": _subject(found), "caption": found.case.ref if found.case else "Outbox", "text": mail.text,
        "case": found.case.ref if found.case else "", "case_title": found.case.title if found.case else "",
        "rows": [row for row in rows if row[1]], "tag": STATUS[mail.status], "parked": mail.status == "parked",
        "dropped": mail.status == "dropped",
    }  # fmt: skip
