"""One page of a draft: shown, saved as typed, and never lost when somebody else was faster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.datastructures import FormData

from bjc.errors import Conflict
from bjc.web import drafts, forms
from bjc.web.deps import see
from bjc.web.errors import PageError
from bjc.web.render import page

LATER, FROM = "later", "from"
ROWS = 16
Write = Callable[[dict[str, Any], int], int]


@dataclass(frozen=True)
class Sheet:
    """A page of a draft as it stands. `closed` says why it cannot be changed any more; empty while it can.

    `onward` is where a good answer leads, `aside` where "save and come back later" does.
    `extra` is for the template: nav, guidance, what came back with the case.
    """

    ref: str
    title: str
    model: type[BaseModel]
    stored: Mapping[str, Any]
    lock: int
    action: str
    back: str
    onward: str
    aside: str
    closed: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def moved_on(ref: str) -> PageError:
    """Sends the browser to the case: the page it asked for belongs to another stage."""
    return PageError(303, f"{ref} has moved on.", headers={"Location": f"/cases/{ref}"})


def show(
    request: Request,
    sheet: Sheet,
    status: int = 200,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """The form, with what is stored or with `values` as they were just typed."""
    shown = drafts.to_show(sheet.model, sheet.stored) if values is None else values
    drawn = forms.fields(sheet.model, shown, errors)
    if len(drawn) == 1:  # the page's heading says already what the one field is called
        drawn[0].params["label"]["classes"] = "govuk-visually-hidden"
        drawn[0].params["rows"] = ROWS
    return page(
        request, "section.html", status, title=sheet.title, caption=sheet.extra.get("caption", sheet.ref),
        fields=drawn, errors=forms.error_summary(errors or {}),
        action=sheet.action, back=sheet.back, hidden={drafts.LOCK: sheet.lock, **sheet.extra.get("hidden", {})},
        **{key: value for key, value in sheet.extra.items() if key not in ("caption", "hidden")}, **more,
    )  # fmt: skip


def save(
    request: Request, form: FormData, sheet: Sheet, write: Write, again: Callable[[], Sheet]
) -> Response:
    """Save what was typed, complete or not. `write` keeps it and returns the draft's new version;
    `again` reads the page afresh when somebody else has changed the draft in between."""
    reading = forms.read(sheet.model, form, also={drafts.LOCK, LATER, FROM})
    lock, values = drafts.lock_of(form), drafts.to_store(sheet.model, reading.values)
    if sheet.closed:
        return _too_late(request, sheet, values)
    try:
        lock = write(values, lock)
    except Conflict as conflict:
        return _beside(request, again(), reading.values, values, conflict)
    if form.get(LATER):
        return see(sheet.aside)
    errors = drafts.complaints(sheet.model, reading.values, reading.errors)
    if errors:
        return show(request, replace(sheet, lock=lock), 422, reading.values, errors, kept=True)
    return see(sheet.onward)


def _beside(
    request: Request, sheet: Sheet, typed: Mapping[str, Any], values: Mapping[str, Any], conflict: Conflict
) -> Response:
    """Somebody saved in between: the typed text again, and beside it what is saved now."""
    if sheet.closed:
        return _too_late(request, sheet, values)
    saved = {
        name: said or "Nothing"
        for name, _, said in drafts.rows(sheet.model, sheet.stored)
        if str(sheet.stored.get(name) or "") != values[name]
    }
    return show(request, sheet, 409, typed, saved=saved, clash=conflict.message, wide=bool(saved))


def _too_late(request: Request, sheet: Sheet, values: Mapping[str, Any]) -> Response:
    """The case has moved on: the text cannot be saved here, but it can still be copied."""
    rows = [(label, said) for _, label, said in drafts.rows(sheet.model, values)]
    return page(
        request, "section_kept.html", 409, title="This page can no longer be changed", caption=sheet.ref,
        message=sheet.closed, rows=rows, ref=sheet.ref, nav=sheet.extra.get("nav"),
    )  # fmt: skip
