"""A form is a Pydantic model: `fields` shows it, `read` takes it back, and whatever was typed is never lost.

reading = forms.read(Costs, form)
if reading.value is None:
    return page(request, "form.html", 422, fields=forms.fields(Costs, reading.values, reading.errors),
                errors=forms.error_summary(reading.errors), ...)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from bjc.web.answers import convert
from bjc.web.messages import say
from bjc.web.params import params_for
from bjc.web.posted import refuse_strangers
from bjc.web.questions import PARTS, Options, Question, ask
from bjc.web.text import NUL, clean

M = TypeVar("M", bound=BaseModel)
Values = Mapping[str, Any]
Errors = Mapping[str, str]
_ON_LINES = ("textarea", "words")


class Reading(NamedTuple, Generic[M]):
    """What a form gave: the model, or None and the reasons by field name ("" for the form as a whole).

    `values` is what was typed, by input name, to be shown again.
    """

    value: M | None
    values: dict[str, Any]
    errors: dict[str, str]


@dataclass(frozen=True)
class Field:
    """What the template macro `field` draws: the widget's name and the parameters of its GOV.UK macro."""

    name: str
    widget: str
    params: dict[str, Any]


def fields(
    model: type[BaseModel],
    values: Values | None = None,
    errors: Errors | None = None,
    *,
    section: str | None = None,
    options: Mapping[str, Options] | None = None,
    heading: str = "",
) -> list[Field]:
    """The fields to draw. The field named `heading` carries the page's heading: one question a page."""
    return [
        Field(
            question.name,
            question.widget,
            params_for(
                question, values or {}, (errors or {}).get(question.name, ""), question.name == heading
            ),
        )
        for question in ask(model, section, options)
    ]


def read(
    model: type[M],
    form: FormData,
    *,
    options: Mapping[str, Options] | None = None,
    also: frozenset[str] | set[str] = frozenset(),
) -> Reading[M]:
    """Takes a form back. Raises `Invalid` for what was not asked for; `also` names hidden fields."""
    questions = ask(model, None, options)
    known = {name for question in questions for name in question.names} | also
    refuse_strangers(form, known, {q.name for q in questions if q.widget == "checkboxes"})
    values: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for question in questions:
        values.update(_typed(question, form))
        try:
            _refuse_nul(question, form)
            answer = convert(question, values)
        except ValueError as problem:
            errors[question.name] = str(problem)
            continue
        if answer is not None:
            answers[question.name] = answer
    return _judge(model, questions, values, answers, errors)


def shown(instance: BaseModel) -> dict[str, Any]:
    """The values of a model as its form shows them: the start of a form that edits what is there."""
    values: dict[str, Any] = {}
    for question in ask(type(instance)):
        value = getattr(instance, question.name)
        if question.widget == "date" and isinstance(value, date):
            parts = (value.day, value.month, value.year)
            values.update({f"{question.name}-{p}": str(part) for p, part in zip(PARTS, parts, strict=True)})
        elif question.widget == "checkboxes":
            values[question.name] = [_plain(one) for one in value or ()]
        elif value is not None:
            values[question.name] = _plain(value)
    return values


def error_summary(errors: Errors) -> list[dict[str, str]]:
    """The errors for the top of the page, each leading to its field."""
    return [{"text": text, "href": f"#{name}"} if name else {"text": text} for name, text in errors.items()]


def _judge(
    model: type[M],
    questions: list[Question],
    values: dict[str, Any],
    answers: dict[str, Any],
    errors: dict[str, str],
) -> Reading[M]:
    """The model's own word on the answers, in the order of the page; the first word on a field counts."""
    value: M | None = None
    by_name = {question.name: question for question in questions}
    try:
        value = model.model_validate(answers)
    except ValidationError as failed:
        for problem in failed.errors():
            question = by_name.get(str(problem["loc"][0])) if problem["loc"] else None
            words = say(question, problem) if question else _whole(problem["msg"])
            errors.setdefault(question.name if question else "", words)
    if errors:
        order = [*by_name, ""]
        return Reading(None, values, dict(sorted(errors.items(), key=lambda item: order.index(item[0]))))
    return Reading(value, values, {})


def _typed(question: Question, form: FormData) -> dict[str, Any]:
    if question.widget == "checkboxes":
        return {question.name: [clean(str(value)) for value in form.getlist(question.name)]}
    lines = question.widget in _ON_LINES
    return {name: clean(str(form.get(name, "")), lines=lines) for name in question.names}


def _refuse_nul(question: Question, form: FormData) -> None:
    if any(NUL in str(value) for name in question.names for value in form.getlist(name)):
        raise ValueError(
            f"{question.title} held a character that cannot be kept. It was taken out: check and send again"
        )


def _whole(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")


def _plain(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
