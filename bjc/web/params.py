"""The parameters of the GOV.UK macros, widget by widget (the names are theirs)."""

from collections.abc import Callable, Mapping
from typing import Any

from bjc.web.questions import PARTS, Question

Params = dict[str, Any]


def params_for(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    """What the macro of this question's widget takes, filled with `values` and the error beside it."""
    return _BUILDERS[question.widget](question, values, error, heading)


def _common(question: Question, error: str) -> Params:
    params: Params = {"id": question.name, "name": question.name}
    if question.hint:
        params["hint"] = {"text": question.hint}
    if error:
        params["errorMessage"] = {"text": error}
    return params


def _caption(question: Question) -> str:
    return (
        question.label
        if question.required or question.widget == "checkboxes"
        else f"{question.label} (optional)"
    )


def _label(question: Question, heading: bool) -> Params:
    size = "govuk-label--l" if heading else "govuk-label--s"
    return {"label": {"text": _caption(question), "classes": size, "isPageHeading": heading}}


def _legend(question: Question, heading: bool) -> Params:
    size = "govuk-fieldset__legend--l" if heading else "govuk-fieldset__legend--s"
    return {"fieldset": {"legend": {"text": _caption(question), "classes": size, "isPageHeading": heading}}}


def _input(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    extra = question.extra
    params = {**_common(question, error), **_label(question, heading), "value": values.get(question.name, "")}
    params.update({key: extra[key] for key in ("type", "inputmode", "autocomplete") if key in extra})
    if "width" in extra:
        params["classes"] = f"govuk-input--width-{extra['width']}"
    return params


def _money(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    return {
        **_input(question, values, error, heading),
        "prefix": {"text": "£"},
        "classes": "govuk-input--width-10",
        "inputmode": "decimal",
        "spellcheck": False,
    }


def _textarea(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    params = {**_common(question, error), **_label(question, heading), "value": values.get(question.name, "")}
    return {**params, "rows": question.extra.get("rows", 8), "spellcheck": True}


def _words(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    return {**_textarea(question, values, error, heading), "maxwords": question.max_words}


def _items(question: Question) -> list[Params]:
    items = []
    for value, said in question.options.items():
        label, hint = (said, "") if isinstance(said, str) else said
        items.append({"value": value, "text": label, **({"hint": {"text": hint}} if hint else {})})
    return items


def _radios(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    legend = _legend(question, heading)
    given = {"items": _items(question), "value": values.get(question.name, ""), "idPrefix": question.name}
    return {**_common(question, error), **legend, **given}


def _checkboxes(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    chosen = values.get(question.name, [])
    return {**_radios(question, {}, error, heading), "values": chosen}


def _select(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    items = [{"value": "", "text": "Select one"}, *_items(question)]
    return {
        **_common(question, error),
        **_label(question, heading),
        "items": items,
        "value": values.get(question.name, ""),
    }


def _date(question: Question, values: Mapping[str, Any], error: str, heading: bool) -> Params:
    """The first of the three inputs carries the question's id: the error summary leads there."""
    items = []
    for part in PARTS:
        classes = f"govuk-input--width-{4 if part == 'year' else 2}" + (
            " govuk-input--error" if error else ""
        )
        name = f"{question.name}-{part}"
        item = {"name": part, "classes": classes, "value": values.get(name, "")}
        items.append({**item, "id": question.name if part == "day" else name})
    legend = _legend(question, heading)
    return {
        **_common(question, error),
        **legend,
        "id": f"{question.name}-date",
        "namePrefix": question.name,
        "items": items,
    }


_BUILDERS: dict[str, Callable[[Question, Mapping[str, Any], str, bool], Params]] = {
    "input": _input,
    "textarea": _textarea,
    "words": _words,
    "radios": _radios,
    "checkboxes": _checkboxes,
    "select": _select,
    "money": _money,
    "date": _date,
}
