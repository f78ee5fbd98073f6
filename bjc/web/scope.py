"""The scope proposal: one page to write it, a check, and the receipt once it is sent."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from bjc.actions import cases
from bjc.actions.facts import policy_now
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions import decisions, people
from bjc.db.questions.cases import case_by_ref, latest_version, lock_case
from bjc.errors import Conflict
from bjc.rules.access import Act
from bjc.rules.case import scope_model
from bjc.rules.decision import DecisionKind
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day, spoken_deadline
from bjc.web import drafts, editing
from bjc.web.deps import Db, Me, Now, as_lead, require, see, standing
from bjc.web.drafts import LOCK
from bjc.web.editing import Sheet
from bjc.web.nav import nav
from bjc.web.posted import Posted, refuse_strangers
from bjc.web.render import page
from bjc.web.returned import returned
from bjc.web.words import short_hash, stage_tag
from bjc.web.writer import Writer

router = APIRouter(include_in_schema=False)
INTRO = "One page. The board recommends it before you write the case, so that nobody writes a case in vain."
CHANGED = Conflict(
    "The scope proposal was changed after you checked it, so it was not sent.",
    "Check it again, then send it.",
)


@router.get("/cases/{ref}/scope")
def write(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """The form, as it was saved last."""
    with database.reading() as db:
        sheet = _sheet(db, request, ref, me, now)
    return see(f"/cases/{sheet.ref}") if sheet.closed else editing.show(request, sheet)


@router.post("/cases/{ref}/scope")
def save(request: Request, ref: str, me: Writer, form: Posted, database: Db, now: Now) -> Response:
    """Keep what was typed; go on to the check when it is complete."""
    with database.reading() as db:
        sheet = _sheet(db, request, ref, me, now)

    def keep(values: dict[str, str], lock: int) -> int:
        with database.writing() as db:
            return cases.save_scope(db, sheet.ref, values, lock, as_lead(me), now).lock_version

    def again() -> Sheet:
        with database.reading() as db:
            return _sheet(db, request, ref, me, now)

    return editing.save(request, form, sheet, keep, again)


@router.get("/cases/{ref}/scope/check")
def check(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """The whole page as the board would see it, and what is still missing."""
    with database.reading() as db:
        shown = _checked(db, request, ref, me, now)
    return page(request, "scope_check.html", **shown)


@router.post("/cases/{ref}/scope/check")
def send(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Send exactly what was checked. Sent twice, it is there once."""
    refuse_strangers(form, {LOCK}, set())
    lock = drafts.lock_of(form)
    try:
        with database.writing() as db:
            ref = _send(db, ref, me, lock, now)
    except Conflict as conflict:
        with database.reading() as db:
            if _is_sent(db, ref, me):
                return see(f"/cases/{ref}/scope/sent")
            shown = _checked(db, request, ref, me, now, conflict)
        return page(request, "scope_check.html", conflict.status, **shown)
    return see(f"/cases/{ref}/scope/sent")


@router.get("/cases/{ref}/scope/sent")
def sent(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """The receipt: what was frozen, who decides, and by when."""
    with database.reading() as db:
        case = case_by_ref(db, ref)
        roles = standing(db, me, now, case)
        require(Act.SEE_DRAFT, roles)
        version = latest_version(db, case.id, "scope")
        decision = decisions.latest_decision(db, case.id, DecisionKind.SCOPE)
        if version is None or decision is None:
            return see(f"/cases/{case.ref}")
        given: dict[str, Any] = {
            "ref": case.ref, "case_title": case.title, "number": version.number, "sha256": version.sha256,
            "short": short_hash(version.sha256), "body": people.deciding_body(db).name,
            "until": spoken_deadline(decision.due_at), "in_writing": decision.closes_at is not None,
            "closed": decision.closed_at is not None,
        }  # fmt: skip
    return page(
        request, "scope_sent.html", title="Scope proposal sent", nav=nav(roles, request.url.path), **given
    )


def _sheet(db: Session, request: Request, ref: str, me: Person, now: datetime) -> Sheet:
    case = case_by_ref(db, ref)
    roles = standing(db, me, now, case)
    require(Act.EDIT_DRAFT, roles)
    here = f"/cases/{case.ref}"
    return Sheet(
        ref=case.ref, title="Scope proposal", model=_model(db), stored=dict(case.scope), lock=case.lock_version,
        action=f"{here}/scope", back=here, onward=f"{here}/scope/check", aside=f"{here}?done=saved",
        closed=_closed(case),
        extra={"caption": f"{case.ref} {case.title}", "intro": INTRO, "returned": returned(db, case),
               "nav": nav(roles, request.url.path)},
    )  # fmt: skip


def _closed(case: Case) -> str:
    if Stage(case.stage) is Stage.SCOPING:
        return ""
    return f"The case is now in the stage “{stage_tag(case.stage)[0]}”, so the scope proposal stays as it was sent."


def _model(db: Session) -> type[BaseModel]:
    return scope_model([(service.key, service.name) for service in people.services(db)])


def _checked(
    db: Session, request: Request, ref: str, me: Person, now: datetime, conflict: Conflict | None = None
) -> dict[str, Any]:
    case = case_by_ref(db, ref)
    roles = standing(db, me, now, case)
    require(Act.SEE_DRAFT, roles)
    if _closed(case):
        raise conflict or editing.moved_on(case.ref)
    model, here = _model(db), f"/cases/{case.ref}/scope"
    is_lead, judged = case.lead_id == me.id, drafts.judge_scope(model, case.scope, local_day(now))
    rows = [
        (label, said, f"{here}#{name}" if is_lead else "")
        for name, label, said in drafts.rows(model, case.scope)
    ]
    return {
        "title": "Check the scope proposal", "caption": f"{case.ref} {case.title}", "rows": rows,
        "missing": [(text, f"{here}#{name}") for name, text in judged.errors.items()], "conflict": conflict,
        "is_lead": is_lead, "lock": case.lock_version, "action": f"{here}/check",
        "back": here if is_lead else f"/cases/{case.ref}", "nav": nav(roles, request.url.path),
        "body": people.deciding_body(db).name, "days": policy_now(db, now).decision.scope_days,
    }  # fmt: skip


def _send(db: Session, ref: str, me: Person, lock: int, now: datetime) -> str:
    case = lock_case(db, case_by_ref(db, ref).ref)
    if Stage(case.stage) is Stage.SCOPING and case.lock_version != lock:
        raise CHANGED
    if drafts.judge_scope(_model(db), case.scope, local_day(now)).errors:
        raise Conflict("Something is still missing, so it was not sent.", "Complete it, then send it.")
    cases.propose_scope(db, case.ref, as_lead(me), now)
    return case.ref


def _is_sent(db: Session, ref: str, me: Person) -> bool:
    """A second click: the proposal that this person sent is already with the board."""
    case = case_by_ref(db, ref)
    version = latest_version(db, case.id, "scope")
    before_board = Stage(case.stage) is Stage.SCOPE_DECISION
    return before_board and version is not None and version.frozen_by == me.id
