"""Check answers, declare and submit; then the confirmation with what happens next."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from bjc.actions import cases
from bjc.actions.facts import policy_now
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions import decisions, people
from bjc.db.questions.cases import case_by_ref, latest_version, lock_case
from bjc.errors import BjcError, Conflict, Invalid
from bjc.rules.access import Act
from bjc.rules.case import SECTIONS, section_model
from bjc.rules.stages import Stage
from bjc.rules.working_days import spoken_deadline
from bjc.web import drafts, forms
from bjc.web.deps import Db, Me, Now, as_lead, require, see, standing
from bjc.web.drafts import LOCK
from bjc.web.editing import moved_on
from bjc.web.nav import nav
from bjc.web.posted import Posted, refuse_strangers
from bjc.web.render import page
from bjc.web.sections import closed, judged, path_of
from bjc.web.words import short_hash

router = APIRouter(include_in_schema=False)
DECLARED = "declared"
CHANGED = Conflict(
    "The case was changed after you checked it, so it was not submitted.", "Check it again, then submit it."
)


@router.get("/cases/{ref}/check")
def check(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """Every answer with its Change link, what is missing, and the declaration."""
    with database.reading() as db:
        shown = _checked(db, request, ref, me, now)
    return page(request, "check.html", **shown)


@router.get("/cases/{ref}/submit")
def submit_form(ref: str, me: Me) -> Response:
    """The form of a submission is on the check page."""
    return see(f"/cases/{ref}/check")


@router.post("/cases/{ref}/submit")
def submit(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Freeze exactly what was checked. Sent twice, it is there once."""
    refuse_strangers(form, {LOCK, DECLARED}, set())
    lock, declared = drafts.lock_of(form), form.get(DECLARED) == "yes"
    try:
        with database.writing() as db:
            ref = _submit(db, ref, declared, me, lock, now)
    except (Conflict, Invalid) as error:
        with database.reading() as db:
            if isinstance(error, Conflict) and _is_submitted(db, ref, me):
                return see(f"/cases/{ref}/submitted")
            shown = _checked(db, request, ref, me, now, error)
        return page(request, "check.html", error.status, **shown)
    return see(f"/cases/{ref}/submitted")


@router.get("/cases/{ref}/submitted")
def submitted(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """The confirmation: version and SHA-256, who advises by when, and who decides then."""
    with database.reading() as db:
        case = case_by_ref(db, ref)
        roles = standing(db, me, now, case)
        require(Act.SEE_DRAFT, roles)
        version = latest_version(db, case.id, "case")
        if version is None:
            return see(f"/cases/{case.ref}")
        asked = decisions.advice_on(db, version.id)
        due = max((advice.due_at for advice, _ in asked), default=None)
        given: dict[str, Any] = {
            "ref": case.ref, "case_title": case.title, "number": version.number, "sha256": version.sha256,
            "short": short_hash(version.sha256), "body": people.deciding_body(db).name,
            "advisers": [person.name for _, person in asked], "until": spoken_deadline(due) if due else "",
            "days": policy_now(db, now).decision.approval_days,
        }  # fmt: skip
    return page(request, "submitted.html", title="Case submitted", nav=nav(roles, request.url.path), **given)


def _checked(
    db: Session, request: Request, ref: str, me: Person, now: datetime, error: BjcError | None = None
) -> dict[str, Any]:
    case = case_by_ref(db, ref)
    roles = standing(db, me, now, case)
    require(Act.SEE_DRAFT, roles)
    if closed(case):
        raise error or moved_on(case.ref)
    is_lead = case.lead_id == me.id
    fields = error.fields if isinstance(error, Invalid) else {}
    return {
        "title": "Check your answers" if is_lead else "The draft as it stands",
        "caption": f"{case.ref} {case.title}", "is_lead": is_lead, "ref": case.ref, "lock": case.lock_version,
        "cards": _cards(case, is_lead), "missing": _missing(case), "declared": fields.get(DECLARED),
        "errors": forms.error_summary(fields), "conflict": error if isinstance(error, Conflict) else None,
        "back": f"/cases/{case.ref}/sections" if is_lead else f"/cases/{case.ref}",
        "nav": nav(roles, request.url.path),
    }  # fmt: skip


def _cards(case: Case, is_lead: bool) -> list[dict[str, Any]]:
    """A card for each section: title, and rows of (label, answer, address of its Change link)."""
    cards = []
    for key, section in SECTIONS.items():
        change = f"{path_of(case.ref, key)}?from=check" if is_lead else ""
        rows = drafts.rows(section_model(key), case.sections)
        linked = [(label, said, change and f"{change}#{name}") for name, label, said in rows]
        cards.append({"title": section.title, "rows": linked})
    return cards


def _missing(case: Case) -> list[tuple[str, str, list[str]]]:
    """(title, address, what to do) for each section that is not complete."""
    return [
        (SECTIONS[key].title, f"{path_of(case.ref, key)}?from=check", _to_do(key, judgement))
        for key, judgement in judged(case.sections).items()
        if judgement.errors
    ]


def _to_do(key: str, judgement: drafts.Judgement) -> list[str]:
    if len(section_model(key).model_fields) == 1 and not judgement.wrong:
        return ["not written yet"]
    return list(judgement.errors.values())


def _submit(db: Session, ref: str, declared: bool, me: Person, lock: int, now: datetime) -> str:
    case = lock_case(db, case_by_ref(db, ref).ref)
    if Stage(case.stage) is Stage.DRAFTING and case.lock_version != lock:
        raise CHANGED
    if Stage(case.stage) is Stage.DRAFTING and _missing(case):
        raise Conflict("Something is still missing, so it was not submitted.", "Complete it, then submit it.")
    cases.submit(db, case.ref, declared, as_lead(me), now)
    return case.ref


def _is_submitted(db: Session, ref: str, me: Person) -> bool:
    """A second click: what this person submitted is already being advised on."""
    case = case_by_ref(db, ref)
    version = latest_version(db, case.id, "case")
    return Stage(case.stage) is Stage.ANALYSIS and version is not None and version.frozen_by == me.id
