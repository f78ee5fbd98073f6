"""Turns what Pydantic says about a data file's shape into sentences for the person who wrote the file."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bjc.rules.faults import Fault, Place, did_you_mean, not_among

_HINTS = {
    "chair": " Say who chairs it.",
    "cadence": " Say how often it meets.",
    "officer_limit": " Say how much each service may decide without its Authority.",
}
_SINGULAR = {"bodies": "body", "advice": "advice", "policy": "policy"}
_FORMS = (
    ("[0-5]", 'a time like "17:00", in quotes'),
    ("^[a-z0-9]", "small letters, digits and hyphens, such as pdb-sfrs-chief"),
    ("ya?ml", "the name of a file in the same folder, such as fire_alliance.yaml"),
)
_Said = Callable[[str, Any, dict[str, Any]], str]


def shape_faults(model: type[BaseModel], data: Any, errors: ValidationError) -> Iterator[Fault]:
    """What Pydantic said as faults; `data` is what was validated against `model`."""
    told: list[dict[str, Any]] = [dict(error) for error in errors.errors(include_url=False)]
    spoilt = {error["loc"][:depth] for error in told for depth in range(1, len(error["loc"]))}
    # A list is also called too short when its entries were counted out for mistakes of their own.
    return (_fault(model, data, e) for e in told if e["type"] != "too_short" or e["loc"] not in spoilt)


def _fault(model: type[BaseModel], data: Any, error: dict[str, Any]) -> Fault:
    place: Place = error["loc"]
    owner, name = _owner(data, place)
    if error["type"] == "extra_forbidden":
        known = _names(model, place[:-1])
        told = f"'{place[-1]}' is not known here.{did_you_mean(str(place[-1]), known)}"
        return Fault(place, f"{owner}: {told} Known are {', '.join(known)}.")
    if error["type"] == "missing":
        return Fault(place, f"{owner} has no '{name}'.{_HINTS.get(str(place[-1]), '')}")
    if error["input"] is None:
        return Fault(place, f"{owner}: '{name}' is empty.{_HINTS.get(str(place[-1]), '')}")
    return Fault(place, f"{owner}: {_SAID.get(error['type'], _as_is)(name, error['input'], error)}")


def _owner(data: Any, place: Place) -> tuple[str, str]:
    """The nearest entry of a list around a place, as `post pdb-sfrs-chief`, and the rest as `a.b`."""
    owner, rest, here = "the file", 0, data
    for depth, step in enumerate(place):
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(step, int) and isinstance(here, dict):
            kind = str(place[depth - 1])
            word = _SINGULAR.get(kind, kind.removesuffix("s").replace("_", " "))
            owner, rest = f"{word} {here.get('key') or here.get('version') or step + 1}", depth + 1
    name = ".".join(str(step + 1) if isinstance(step, int) else step for step in place[rest:])
    return owner, name or owner


def _names(model: type[BaseModel], place: Place) -> list[str]:
    """The names that a mapping at `place` may have."""
    here: type[BaseModel] | None = model
    for step in place:
        if here and isinstance(step, str):
            fields = {field.alias or name: field for name, field in here.model_fields.items()}
            here = _model_in(fields[step].annotation) if step in fields else None
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside `tuple[Post, ...]`, `Cadence | None` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _text(name: str, given: Any, _: dict[str, Any]) -> str:
    if isinstance(given, list | dict):
        return f"'{name}' should be a text."
    kind = "a date" if isinstance(given, date) else "yes or no" if isinstance(given, bool) else "a number"
    return f"'{name}' is taken for {kind} ({given}): put it in quotes."


def _list(name: str, _given: Any, _: dict[str, Any]) -> str:
    return f"'{name}' should be a list: begin each entry with '- '."


def _group(name: str, _given: Any, _: dict[str, Any]) -> str:
    return f"'{name}' should be a group of 'name: value' lines."


def _date(name: str, given: Any, _: dict[str, Any]) -> str:
    return f"'{name}' is {_short(given)}, which is not a date: write it as 2026-12-31."


def _number(name: str, given: Any, _: dict[str, Any]) -> str:
    return f"'{name}' is {_short(given)}, which is not a number this can be: write digits only."


def _choice(name: str, given: Any, error: dict[str, Any]) -> str:
    if isinstance(given, bool):
        return _text(name, given, error)
    expected = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
    return f"'{name}' is {_short(given)}, {not_among(str(given), expected)}"


def _pattern(name: str, given: Any, error: dict[str, Any]) -> str:
    pattern = str(error["ctx"]["pattern"])
    form = next((form for part, form in _FORMS if part in pattern), "one line of text")
    return f"'{name}' is {_short(given)}; it takes {form}."


def _value(name: str, given: Any, error: dict[str, Any]) -> str:
    told = str(error["msg"]).removeprefix("Value error, ")
    told = told.removeprefix("value is not a valid email address: ")
    return told if isinstance(given, dict) else f"'{name}' is {_short(given)}: {told}"


def _few(name: str, given: Any, error: dict[str, Any]) -> str:
    least = error["ctx"]["min_length"]
    return f"'{name}' needs at least {least} {'entry' if least == 1 else 'entries'}; here {len(given) or 'none'}."


def _as_is(name: str, _given: Any, error: dict[str, Any]) -> str:
    told = str(error["msg"])
    return f"'{name}': {told[0].lower()}{told[1:]}."


def _short(given: Any) -> str:
    shown = repr(given if isinstance(given, str) else str(given))
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


_SAID: dict[str, _Said] = {
    "string_type": _text,
    "tuple_type": _list,
    "model_type": _group,
    "dict_type": _group,
    "date_type": _date,
    "date_parsing": _date,
    "date_from_datetime_parsing": _date,
    "date_from_datetime_inexact": _date,
    "int_type": _number,
    "int_parsing": _number,
    "int_from_float": _number,
    "decimal_type": _number,
    "decimal_parsing": _number,
    "float_type": _number,
    "float_parsing": _number,
    "bool_type": lambda name, given, _: f"'{name}' is {_short(given)}: write true or false.",
    "bool_parsing": lambda name, given, _: f"'{name}' is {_short(given)}: write true or false.",
    "literal_error": _choice,
    "string_too_short": lambda name, _, __: f"'{name}' is empty.",
    "too_short": _few,
    "string_pattern_mismatch": _pattern,
    "value_error": _value,
}
