"""A draft is kept as it was typed, and shown again so; a valid answer is kept in the form the model takes.

A blank answer is kept as "": it replaces the one before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel
from starlette.datastructures import FormData

from bjc.errors import Invalid
from bjc.rules.case import submit_by_fault
from bjc.web import forms
from bjc.web.answers import convert
from bjc.web.questions import PARTS, Question, ask
from bjc.web.words import day, pounds

COMPLETED, INCOMPLETE, PROBLEM = "Completed", "Incomplete", "There is a problem"
LOCK = "lock_version"


@dataclass(frozen=True)
class Judgement:
    """What is still to be done in a part of a draft, by field in the page's order, and which of it is wrong."""

    errors: Mapping[str, str]
    wrong: frozenset[str]

    @property
    def status(self) -> str:
        """The word for the task list."""
        return PROBLEM if self.wrong else INCOMPLETE if self.errors else COMPLETED


def to_store(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of the typed `values`: as the model takes it, else exactly as it was typed."""
    return {question.name: _stored(question, values) for question in ask(model)}


def _stored(question: Question, values: Mapping[str, Any]) -> str:
    parts = [str(values.get(name, "")) for name in question.names]
    try:
        answer = convert(question, values)
    except ValueError:
        return "\n".join(parts)
    return answer.isoformat() if isinstance(answer, date) else str(answer or "")


def to_show(model: type[BaseModel], stored: Mapping[str, Any]) -> dict[str, str]:
    """The values of the form's inputs: what was typed."""
    shown: dict[str, str] = {}
    for question in ask(model):
        kept = str(stored.get(question.name) or "")
        shown.update(_date_parts(question, kept) if question.widget == "date" else {question.name: kept})
    return shown


def _date_parts(question: Question, kept: str) -> dict[str, str]:
    try:
        known = date.fromisoformat(kept)
        parts = [str(known.day), str(known.month), str(known.year)]
    except ValueError:
        parts = (kept.split("\n") + [""] * len(PARTS))[: len(PARTS)]
    return dict(zip(question.names, parts, strict=True))


def judge(model: type[BaseModel], stored: Mapping[str, Any]) -> Judgement:
    """What the form would say of the stored answers, were it sent as it stands."""
    shown = to_show(model, stored)
    found = forms.read(model, FormData(shown)).errors
    errors: dict[str, str] = {}
    wrong: set[str] = set()
    for question in ask(model):
        if question.name in found and _is_offered(question, shown):
            errors[question.name] = f"{question.label} It is needed before you submit"
        elif question.name in found:
            errors[question.name] = found[question.name]
            wrong |= {question.name} if any(shown[name] for name in question.names) else set()
    return Judgement(errors, frozenset(wrong))


def judge_scope(model: type[BaseModel], stored: Mapping[str, Any], today: date) -> Judgement:
    """The same of a scope proposal, whose day of submission must still lie ahead."""
    judged = judge(model, stored)
    if "submit_by" in judged.errors:
        return judged
    fault = submit_by_fault(date.fromisoformat(stored["submit_by"]), today)
    return Judgement({**judged.errors, "submit_by": fault}, judged.wrong | {"submit_by"}) if fault else judged


def complaints(
    model: type[BaseModel], values: Mapping[str, Any], errors: Mapping[str, str]
) -> dict[str, str]:
    """The errors to show beside a form. An honest "Not yet" is an answer, so it is no error."""
    offered = {question.name for question in ask(model) if _is_offered(question, values)}
    return {name: text for name, text in errors.items() if name not in offered}


def _is_offered(question: Question, values: Mapping[str, Any]) -> bool:
    return bool(question.options) and values.get(question.name) in question.options


def spoken(question: Question, value: Any) -> str:
    """An answer as a page reads it out; empty where there is none."""
    if value is None or value == "":
        return ""
    if question.widget == "money":
        return pounds(value)
    if question.widget == "date":
        return day(value)
    said = question.options.get(str(value), str(value))
    return said if isinstance(said, str) else said[0]


def rows(model: type[BaseModel], values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name of the field, label, answer) for each field of a model, in its order."""
    return [(q.name, q.label, spoken(q, values.get(q.name))) for q in ask(model)]


def lock_of(form: FormData) -> int:
    """The version of the draft that the form was filled in on. Raises `Invalid` where the form was tampered with."""
    sent = str(form.get(LOCK, ""))
    if not (sent.isascii() and sent.isdigit() and len(sent) < 10):
        raise Invalid(
            "This form is not complete.", "Go back, reload the page and send it again. Nothing was changed."
        )
    return int(sent)
