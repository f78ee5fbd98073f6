"""Starting a case: one question a page, a check of the answers, and the outcome with its reasons."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from bjc.actions import opening
from bjc.db.people import Person
from bjc.db.questions import people
from bjc.db.questions.cases import case_by_ref
from bjc.errors import Invalid, NotFound
from bjc.rules.access import Act
from bjc.rules.triage import NEXT_STEP, OUTCOME_WORDS, TriageAnswers, TriageOutcome
from bjc.web import drafts, forms
from bjc.web import triage_answers as answers
from bjc.web.deps import Db, Me, Now, require, see, standing
from bjc.web.nav import nav
from bjc.web.posted import Posted, refuse_strangers
from bjc.web.render import page
from bjc.web.triage_answers import SERVICE, Answers

router = APIRouter(include_in_schema=False)
Name = Annotated[str, Path(pattern=answers.NAME)]


@router.get("/cases/new")
def start(request: Request, me: Me, database: Db, now: Now) -> Response:
    """What the questions are for; the button leads to the first."""
    with database.reading() as db:
        frame = _frame(db, request, me, now)
    name = answers.new_name()
    return page(request, "triage_start.html", title="Start a new case", begin=_at(name, "title"), **frame)


@router.get("/cases/new/{name}/check")
def check(request: Request, name: Name, me: Me, database: Db, now: Now) -> Response:
    """All the answers, before the case is opened."""
    with database.reading() as db:
        frame, opened = _frame(db, request, me, now), _opened(db, name, me)
        offered = _offered(db)
    if opened:
        return see(opened)
    given = answers.open_answers(request, me.id, name)
    missing = _missing(given, me)
    if missing:
        return see(_at(name, missing))
    rows = [
        (q.label, drafts.spoken(q, _said(q.name, given, offered)), _at(name, q.name)) for q in _questions(me)
    ]
    last = _at(name, answers.steps(me.service is None)[-1])
    return page(request, "triage_check.html", title="Check your answers", rows=rows, back=last,
                action=_at(name, "check"), **frame)  # fmt: skip


@router.post("/cases/new/{name}/check")
def open_case(request: Request, name: Name, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Open the case, once however often the form is sent."""
    refuse_strangers(form, set(), set())
    with database.reading() as db:
        require(Act.OPEN_CASE, standing(db, me, now))
        opened, offered = _opened(db, name, me), _offered(db)
    if opened:
        return see(opened)
    given = answers.open_answers(request, me.id, name)
    missing = _missing(given, me)
    if missing:
        return see(_at(name, missing))
    service, checked = _checked(given, me, offered)
    with database.writing() as db:
        ref = opening.open_once(db, name, me.id, service, checked, now).ref
    response = see(f"/cases/{ref}/triage")
    answers.forget_answers(response, name)
    return response


@router.get("/cases/new/{name}/{step}")
def ask(request: Request, name: Name, step: str, me: Me, database: Db, now: Now) -> Response:
    """One question, with the answer given before."""
    with database.reading() as db:
        frame, opened, offered = _frame(db, request, me, now), _opened(db, name, me), _offered(db)
    if opened:
        return see(opened)
    given = answers.open_answers(request, me.id, name)
    return _question_page(request, name, _known(step, me), me, given, offered, frame)


@router.post("/cases/new/{name}/{step}")
def answer(request: Request, name: Name, step: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Keep one answer and go on: to the next question that has none, or to the check."""
    with database.reading() as db:
        frame, opened, offered = _frame(db, request, me, now), _opened(db, name, me), _offered(db)
    if opened:
        return see(opened)
    given, step = answers.open_answers(request, me.id, name), _known(step, me)
    model = answers.step_model(step)
    reading: forms.Reading[Any] = forms.read(model, form, options=_options(offered))
    if reading.value is None:
        typed = {**given, **reading.values}
        return _question_page(request, name, step, me, typed, offered, frame, reading.errors)
    given |= drafts.to_store(model, reading.values)
    response = see(_at(name, _missing(given, me) or "check"))
    answers.keep_answers(request, response, me.id, name, given)
    return response


@router.get("/cases/{ref}/triage")
def outcome(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """What the answers led to, with the reasons and what to do next."""
    with database.reading() as db:
        case = case_by_ref(db, ref)
        roles = standing(db, me, now, case)
        require(Act.SEE_CASES, roles)
        found, kept, is_lead = TriageOutcome(case.triage["outcome"]), dict(case.triage), case.lead_id == me.id
        ref, title = case.ref, case.title
    rows = drafts.rows(TriageAnswers, kept["answers"])
    return page(
        request, "triage_outcome.html", title=OUTCOME_WORDS[found], ref=ref, case_title=title, is_lead=is_lead,
        needed=found is TriageOutcome.BJC, reasons=kept["reasons"], next_step=NEXT_STEP[found],
        rows=[(label, said) for _, label, said in rows], nav=nav(roles, request.url.path),
    )  # fmt: skip


def _question_page(
    request: Request, name: str, step: str, me: Person, typed: Answers, offered: dict[str, str],
    frame: dict[str, Any], errors: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    order = answers.steps(me.service is None)
    at = order.index(step)
    back = _at(name, "check") if not _missing(typed, me) else _at(name, order[at - 1]) if at else "/cases/new"
    fields = forms.fields(answers.step_model(step), typed, errors, options=_options(offered), heading=step)
    return page(
        request, "triage_question.html", 422 if errors else 200, title=answers.question(step).label, fields=fields,
        errors=forms.error_summary(errors or {}), action=_at(name, step), back=back,
        caption=f"Question {at + 1} of {len(order)}", **frame,
    )  # fmt: skip


def _frame(db: Session, request: Request, me: Person, now: Any) -> dict[str, Any]:
    roles = standing(db, me, now)
    require(Act.OPEN_CASE, roles)
    return {"nav": nav(roles, request.url.path)}


def _opened(db: Session, name: str, me: Person) -> str:
    """Where the case is that this triage has opened; empty before that."""
    case = opening.opened_by(db, name, me.id)
    return f"/cases/{case.ref}/triage" if case else ""


def _at(name: str, step: str) -> str:
    return f"/cases/new/{name}/{step.replace('_', '-')}"


def _known(step: str, me: Person) -> str:
    field = step.replace("-", "_")
    if field not in answers.steps(me.service is None):
        raise NotFound("There is no such question.", "Go to ‘Start a new case’.")
    return field


def _questions(me: Person) -> list[Any]:
    return [answers.question(step) for step in answers.steps(me.service is None)]


def _missing(given: Answers, me: Person) -> str:
    """The first question without an answer; empty when there is none left."""
    return next((step for step in answers.steps(me.service is None) if not given.get(step)), "")


def _offered(db: Session) -> dict[str, str]:
    return {service.key: service.name for service in people.services(db)}


def _options(offered: dict[str, str]) -> dict[str, Any]:
    return {SERVICE: offered}


def _said(step: str, given: Answers, offered: dict[str, str]) -> str:
    return offered.get(given[step], given[step]) if step == SERVICE else given[step]


def _checked(given: Answers, me: Person, offered: dict[str, str]) -> tuple[str, TriageAnswers]:
    """The answers as the rules take them. What a signed cookie holds was checked before, but rules may change."""
    service = me.service or given[SERVICE]
    found: TriageAnswers | None = None
    try:
        found = TriageAnswers.model_validate({name: given[name] for name in TriageAnswers.model_fields})
    except ValidationError:
        found = None
    if found is None or service not in offered:
        raise Invalid(
            "One of your answers can no longer be taken.", "Go to ‘Start a new case’ and answer again."
        )
    return service, found
