"""Writing the case: the task list of its sections, and one page a section."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from bjc.actions import cases
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions.cases import case_by_ref
from bjc.errors import NotFound
from bjc.rules.access import Act
from bjc.rules.case import SECTIONS, section_model
from bjc.rules.stages import Stage
from bjc.web import drafts, editing
from bjc.web.deps import Db, Me, Now, as_lead, require, see, standing
from bjc.web.editing import FROM, Sheet
from bjc.web.guidance import GROUPS, GUIDANCE
from bjc.web.nav import nav
from bjc.web.posted import Posted
from bjc.web.questions import ask
from bjc.web.render import page
from bjc.web.returned import returned
from bjc.web.text import count_words
from bjc.web.words import DONE, stage_tag
from bjc.web.writer import Writer

router = APIRouter(include_in_schema=False)
CHECK = "check"


@router.get("/cases/{ref}/sections")
def task_list(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """Every section with its status; the last task is to check and submit."""
    with database.reading() as db:
        case = case_by_ref(db, ref)
        roles = standing(db, me, now, case)
        require(Act.EDIT_DRAFT, roles)
        if closed(case):
            raise editing.moved_on(case.ref)
        ref, title, back = case.ref, case.title, returned(db, case)
        groups, done = _groups(case)
    saved = (DONE["saved"], "success") if request.query_params.get("done") == "saved" else None
    return page(
        request, "task_list.html", title=title, caption=ref, ref=ref, groups=groups, done=done, notice=saved,
        total=len(SECTIONS), returned=back, back=f"/cases/{ref}", nav=nav(roles, request.url.path),
    )  # fmt: skip


@router.get("/cases/{ref}/sections/{key}")
def write(request: Request, ref: str, key: str, me: Me, database: Db, now: Now) -> Response:
    """One section, as it was saved last."""
    with database.reading() as db:
        sheet = _sheet(db, request, ref, key, me, now)
    return see(f"/cases/{sheet.ref}") if sheet.closed else editing.show(request, sheet)


@router.post("/cases/{ref}/sections/{key}")
def save(request: Request, ref: str, key: str, me: Writer, form: Posted, database: Db, now: Now) -> Response:
    """Keep what was typed, complete or not."""
    came_from = str(form.get(FROM, ""))
    with database.reading() as db:
        sheet = _sheet(db, request, ref, key, me, now, came_from)

    def keep(values: dict[str, str], lock: int) -> int:
        with database.writing() as db:
            return cases.save_section(
                db, sheet.ref, sheet.extra["key"], values, lock, as_lead(me), now
            ).lock_version

    def again() -> Sheet:
        with database.reading() as db:
            return _sheet(db, request, ref, key, me, now, came_from)

    return editing.save(request, form, sheet, keep, again)


def closed(case: Case) -> str:
    """Why the sections cannot be changed now; empty while they can."""
    if Stage(case.stage) is Stage.DRAFTING:
        return ""
    return f"The case is now in the stage “{stage_tag(case.stage)[0]}”, so its sections cannot be changed."


def path_of(ref: str, key: str) -> str:
    """The address of a section."""
    return f"/cases/{ref}/sections/{key.replace('_', '-')}"


def _sheet(
    db: Session, request: Request, ref: str, key: str, me: Person, now: datetime, came_from: str | None = None
) -> Sheet:
    case, name = case_by_ref(db, ref), key.replace("-", "_")
    roles = standing(db, me, now, case)
    require(Act.EDIT_DRAFT, roles)
    if name not in SECTIONS:
        raise NotFound("There is no such section.", "Open the task list of the case.")
    here = f"/cases/{case.ref}"
    checking = (request.query_params.get(FROM, "") if came_from is None else came_from) == CHECK
    back = f"{here}/check" if checking else f"{here}/sections"
    return Sheet(
        ref=case.ref, title=SECTIONS[name].title, model=section_model(name), stored=dict(case.sections),
        lock=case.lock_version, action=path_of(case.ref, name), back=back, onward=back,
        aside=f"{here}/sections?done=saved", closed=closed(case),
        extra={"caption": f"{case.ref} {case.title}", "guidance": GUIDANCE.get(name, ()), "key": name,
               "hidden": {FROM: CHECK} if checking else {}, "nav": nav(roles, request.url.path)},
    )  # fmt: skip


def _groups(case: Case) -> tuple[list[tuple[str, list[dict[str, str]]]], int]:
    """The groups of tasks, and how many are completed."""
    groups = [(title, [_task(case, key) for key in keys]) for title, keys in GROUPS]
    return groups, sum(task["status"] == drafts.COMPLETED for _, tasks in groups for task in tasks)


def _task(case: Case, key: str) -> dict[str, str]:
    model = section_model(key)
    words = sum(count_words(str(case.sections.get(q.name) or "")) for q in ask(model) if q.max_words > 100)
    return {
        "title": SECTIONS[key].title, "href": path_of(case.ref, key),
        "status": drafts.judge(model, case.sections).status, "hint": _count(words),
    }  # fmt: skip


def _count(words: int) -> str:
    return "" if not words else f"{words:,} word{'' if words == 1 else 's'}"


def judged(values: dict[str, Any]) -> dict[str, drafts.Judgement]:
    """What is still to be done in each section, by its key."""
    return {key: drafts.judge(section_model(key), values) for key in SECTIONS}
