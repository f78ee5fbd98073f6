"""The programme office's desk: what all its pages about one case share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions.cases import case_by_ref
from bjc.errors import BjcError, Conflict, Invalid
from bjc.rules.access import Act
from bjc.web import forms
from bjc.web.deps import require, standing
from bjc.web.nav import nav
from bjc.web.questions import Options
from bjc.web.render import page
from bjc.web.words import stage_tag

Shown = dict[str, Any]


def open_case(
    db: Session, request: Request, ref: str, me: Person, now: datetime, act: Act
) -> tuple[Case, Shown]:
    """The case, and what every page about it shows. Raises NotFound, or Refused where the act is not theirs."""
    case = case_by_ref(db, ref)
    roles = standing(db, me, now, case)
    require(act, roles)
    shown = {
        "ref": case.ref, "caption": f"{case.ref} · {case.title}", "back": f"/cases/{case.ref}",
        "action": request.url.path, "nav": nav(roles, request.url.path),
    }  # fmt: skip
    return case, shown


def refuse_unless(possible: bool, case: Case) -> None:
    """Raises Conflict where the case is in a stage in which a page has nothing to do."""
    if not possible:
        raise Conflict(
            f"{case.ref} is in the stage “{stage_tag(case.stage)[0]}”, where this cannot be done.",
            "Open the case to see where it stands.",
        )


def form_page(
    request: Request,
    template: str,
    shown: Shown,
    model: type[BaseModel],
    values: Mapping[str, Any] | None = None,
    problem: BjcError | None = None,
    options: Mapping[str, Options] | None = None,
) -> Response:
    """A page with its form: what was typed is always in it, and `problem` says why it was not taken."""
    errors = problem.fields if isinstance(problem, Invalid) else {}
    notice = str(problem) if problem and not errors else None
    fields = forms.fields(model, values, errors, options=options)
    return page(
        request, template, problem.status if problem else 200, notice=notice, fields=fields,
        field={one.name: one for one in fields}, errors=forms.error_summary(errors), **shown,
    )  # fmt: skip


def incomplete(reading: forms.Reading[Any]) -> Invalid:
    """What a form page says of answers that cannot be taken."""
    return Invalid("Some answers are missing or wrong.", "", reading.errors)
