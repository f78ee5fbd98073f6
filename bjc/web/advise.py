"""An adviser gives advice on a frozen version, by link or signed in, and may change it until the decision opens."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from bjc.actions import advice
from bjc.actions.advice import Recommendation
from bjc.actions.facts import policy_now
from bjc.db.questions import papers, people
from bjc.db.questions.cases import latest_version
from bjc.db.questions.papers import AdvicePaper
from bjc.errors import BjcError, Conflict, Invalid, Refused
from bjc.rules.notices import Purpose
from bjc.rules.stages import Stage
from bjc.rules.working_days import spoken_deadline
from bjc.web import doors, forms, links, paper
from bjc.web.deps import Db, Now, see
from bjc.web.posted import Posted
from bjc.web.render import page
from bjc.web.words import ADVICE

router = APIRouter(include_in_schema=False)

OPTIONS = {
    Recommendation.SUPPORT.value: "Support",
    Recommendation.CONDITIONS.value: ("Support with conditions", "Say in your advice which ones."),
    Recommendation.OBJECT.value: "Do not support",
}


class AdviseForm(BaseModel):
    """What an adviser types."""

    recommendation: str = Field(
        "", title="What do you recommend?", json_schema_extra={"widget": "radios", "options": OPTIONS}
    )
    text: str = Field("", title="Your advice", max_length=10_000, json_schema_extra={"widget": "textarea"})


def at_the_door(request: Request, advice: doors.RowId, database: Db, now: Now) -> doors.Entry:
    """Who asks to advise."""
    return doors.enter(request, database, Purpose.ADVISE, advice, now)


Entry = Annotated[doors.Entry, Depends(at_the_door)]


@router.get("/advise/{advice}")
def show(request: Request, entry: Entry, database: Db, now: Now) -> Response:
    """The version with the form; the receipt once given; why not, where it is no longer taken."""
    if not entry.via:
        return links.shut(request, entry)
    with database.reading() as db:
        shown = _shown(db, entry)
    given = shown["given"] and (entry.ended or "change" not in request.query_params)
    if given or not shown["open"]:
        token = doors.form_token(request, entry)
        return page(request, "advise_receipt.html", entry=entry, token=token, back=_back(entry), **shown)
    return links.ended(request, entry) if entry.ended else _form(request, entry, shown, now)


def _shown(db: Session, entry: doors.Entry) -> dict[str, Any]:
    """The paper, what is asked, what was given, and whether it may (still) be given or changed."""
    row = papers.advice_paper(db, entry.subject_id)
    if row is None:
        raise LookupError("advice without its case")
    given = row.advice.given_at
    return {
        "paper": paper.paper(db, row.case, row.lead, row.version),
        "caption": f"{row.case.ref} · {ADVICE.get(row.advice.kind, 'Advice')}",
        "asks": _asks(db, row),
        "name": row.person.name, "post": row.post.title, "service": row.service.name,
        "until": spoken_deadline(row.advice.due_at),
        "given": spoken_deadline(given) if given else "",
        "said": (row.advice.recommendation or "").capitalize(),
        "text": row.advice.text,
        "open": _taken(db, row),
        "deciding": row.case.stage == Stage.DECISION,
    }  # fmt: skip


def _asks(db: Session, row: AdvicePaper) -> str:
    """What this post is asked, in the alliance's own words."""
    wanted = (row.advice.kind, row.advice.service, row.advice.post)
    owed = people.advice_owed(db)
    return next((one["asks"] for one in owed if (one["kind"], one["service"], one["post"]) == wanted), "")


def _taken(db: Session, row: AdvicePaper) -> bool:
    """True while advice on this version is taken; once the decision is open, only what is still missing."""
    newest = latest_version(db, row.case.id, "case")
    if newest is None or newest.id != row.version.id:
        return False
    late = row.case.stage == Stage.DECISION and row.advice.given_at is None
    return row.case.stage == Stage.ANALYSIS or late


def _back(entry: doors.Entry) -> str:
    return "/" if entry.via == "session" else ""


def _form(
    request: Request, entry: doors.Entry, shown: dict[str, Any], now: datetime,
    values: dict[str, Any] | None = None, wrong: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    return page(
        request, "advise.html", 422 if wrong else 200, entry=entry, back=_back(entry),
        token=doors.form_token(request, entry), shown=doors.shown_at(request, entry, now),
        fields=forms.fields(AdviseForm, values, wrong), errors=forms.error_summary(wrong or {}), **shown,
    )  # fmt: skip


@router.post("/advise/{advice}")
def advise(request: Request, entry: Entry, form: Posted, database: Db, now: Now) -> Response:
    """Record the advice; whatever is missing is asked for, and nothing typed is lost."""
    reading = forms.read(AdviseForm, form, also=doors.NOTES)
    if not entry.via:
        return links.shut(request, entry, _typed(reading.values))
    wrong = reading.errors
    try:
        doors.check_same_page(entry, form)
        if not entry.ended and not wrong:
            wrong = _too_fast(request, entry, str(form.get("shown", "")), database, now)
        if not wrong:
            _record(database, entry, reading.values, now)
            return see(entry.address)
    except Invalid as invalid:
        wrong = invalid.fields
    except (Conflict, Refused) as refusal:
        return _not_recorded(request, entry, reading.values, refusal)
    with database.reading() as db:
        shown = _shown(db, entry)
    return _form(request, entry, shown, now, reading.values, wrong)


def _too_fast(request: Request, entry: doors.Entry, note: str, database: Db, now: datetime) -> dict[str, str]:
    with database.reading() as db:
        seconds = policy_now(db, now).decision.fastest_answer_seconds
    return {"": doors.TOO_FAST} if doors.too_fast(request, entry, note, now, seconds) else {}


def _record(database: Db, entry: doors.Entry, values: dict[str, Any], now: datetime) -> None:
    said = Recommendation(values["recommendation"]) if values["recommendation"] else None
    with database.writing() as db:
        doors.check_open(db, entry, now)
        advice.give(db, entry.subject_id, said, values["text"], entry.actor("adviser"), now)


def _typed(values: dict[str, Any]) -> dict[str, str]:
    said = {"Your recommendation": values["recommendation"].capitalize(), "Your advice": values["text"]}
    return {label: text for label, text in said.items() if text}


def _not_recorded(
    request: Request, entry: doors.Entry, values: dict[str, Any], refusal: BjcError
) -> Response:
    return page(
        request, "not_recorded.html", refusal.status, title="Your advice was not recorded", error=refusal,
        entry=entry, typed=_typed(values), token=doors.form_token(request, entry),
    )  # fmt: skip
