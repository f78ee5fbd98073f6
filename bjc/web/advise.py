"""An adviser gives advice on a frozen version, by link or signed in, and may change it until the decision opens."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bjc.actions import advice
from bjc.actions.advice import Recommendation
from bjc.actions.facts import policy_now
from bjc.db.decisions import Advice
from bjc.db.questions import papers, people
from bjc.db.questions.cases import latest_version
from bjc.db.questions.papers import AdvicePaper
from bjc.rules.notices import Purpose
from bjc.rules.stages import Stage
from bjc.rules.working_days import spoken_deadline
from bjc.web import answering, doors, forms, links, paper
from bjc.web.answering import Sent
from bjc.web.deps import Db, Now
from bjc.web.posted import Posted
from bjc.web.render import page
from bjc.web.words import ADVICE

router = APIRouter(include_in_schema=False)

OPTIONS: dict[str, Any] = {
    Recommendation.SUPPORT.value: "Support",
    Recommendation.CONDITIONS.value: ("Support with conditions", "Say in your advice which ones."),
    Recommendation.OBJECT.value: "Do not support",
}


class AdviseForm(BaseModel):
    """What an adviser types."""

    recommendation: str = Field(
        title="What do you recommend?",
        json_schema_extra={"widget": "radios", "options": OPTIONS, "error": "Choose what you recommend"},
    )
    text: str = Field(
        title="Your advice", max_length=10_000,
        json_schema_extra={"widget": "textarea", "error": "Write your advice in a sentence or more"},
    )  # fmt: skip


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
        back = answering.back(entry)
        return page(request, "advise_receipt.html", entry=entry, token=token, back=back, **shown)
    return links.ended(request, entry) if entry.ended else _form(request, entry, shown, now, {}, {})


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
        "who": row.person.name, "seat": row.post.key, "post": row.post.title, "service": row.service.name,
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


def _form(
    request: Request, entry: doors.Entry, shown: dict[str, Any], now: datetime,
    values: dict[str, Any], wrong: dict[str, str],
) -> Response:  # fmt: skip
    """The page with its form; with what was typed and what is wrong, where it comes back."""
    frame = answering.frame(request, entry, now, shown["paper"].version_id)
    return page(
        request, "advise.html", 422 if wrong else 200, fields=forms.fields(AdviseForm, values, wrong),
        errors=forms.error_summary(wrong), **frame, **shown,
    )  # fmt: skip


@router.post("/advise/{advice}")
def advise(request: Request, entry: Entry, form: Posted, database: Db, now: Now) -> Response:
    """Record the advice; whatever is missing is asked for, and nothing typed is lost."""
    if entry.person_id is None:
        return links.shut(request, entry)
    with database.reading() as db:
        shown = _shown(db, entry)
        fastest = policy_now(db, now).decision.fastest_answer_seconds
    sent = _sent(request, entry, form, shown, fastest, now)
    return answering.take(request, entry, sent, database, now)


def _sent(
    request: Request, entry: doors.Entry, form: FormData, shown: dict[str, Any], fastest: float, now: datetime
) -> Sent:
    reading = forms.read(AdviseForm, form, also=answering.HIDDEN)
    said, text = reading.values["recommendation"], reading.values["text"]
    read = shown["paper"]
    recommendation = Recommendation(said) if said in OPTIONS else None
    typed = {"Your recommendation": said.capitalize(), "Your advice": text}
    return Sent(
        reading.values, reading.errors, {label: said for label, said in typed.items() if said},
        str(form.get("shown", "")), f"{read.ref}, version {read.number}",
        "" if answering.is_from(form, entry.subject_id, read.version_id) else "another question", fastest,
        record=lambda db: advice.give(
            db, entry.subject_id, recommendation, text, entry.actor("adviser", shown["seat"]), now
        ),
        stands=lambda db: is_given(db.get_one(Advice, entry.subject_id), said, text),
        again=lambda values, wrong: _form(request, entry, shown, now, values, wrong),
    )  # fmt: skip


def is_given(row: Advice, said: str, text: str) -> bool:
    """True for a double click or a re-sent form: exactly this advice stands already."""
    return row.given_at is not None and (row.recommendation, row.text) == (said, text)
