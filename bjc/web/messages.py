"""Says in plain words what is wrong with an answer and what to do: Pydantic's words are for programmers."""

from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from bjc.web.questions import CHOICES, Question

_SAYS: dict[str, Callable[[Question, dict[str, Any]], str]] = {
    "string_too_long": lambda q, c: f"{q.title} must be {c['max_length']:,} characters or fewer",
    "string_too_short": lambda q, c: f"{q.title} must be {c['min_length']:,} characters or more",
    "too_short": lambda q, c: f"Select at least {c['min_length']} for {q.subject}",
    "too_long": lambda q, c: f"Select no more than {c['max_length']} for {q.subject}",
    "greater_than": lambda q, c: f"{q.title} must be more than {_plain(q, c['gt'])}",
    "greater_than_equal": lambda q, c: f"{q.title} must be {_plain(q, c['ge'])} or more",
    "less_than": lambda q, c: f"{q.title} must be less than {_plain(q, c['lt'])}",
    "less_than_equal": lambda q, c: f"{q.title} must be {_plain(q, c['le'])} or less",
    "int_parsing": lambda q, c: f"{q.title} must be a whole number, like 12",
    "int_from_float": lambda q, c: f"{q.title} must be a whole number, like 12",
    "int_parsing_size": lambda q, c: f"{q.title} must be a smaller number",
    "decimal_parsing": lambda q, c: f"{q.title} must be a number, like 12.5",
    "decimal_max_digits": lambda q, c: f"{q.title} must be a smaller amount",
    "decimal_whole_digits": lambda q, c: f"{q.title} must be a smaller amount",
    "date_future": lambda q, c: f"{q.title} must be in the future",
    "date_past": lambda q, c: f"{q.title} must be in the past",
    "value_error": lambda q, c: str(c.get("error", "")) or f"Check {q.subject}",
}


def missing(question: Question) -> str:
    """What to do about an answer that is not there."""
    if question.error:
        return question.error
    if question.widget in CHOICES:
        return f"Select {question.subject}"
    example = {"money": ", like 12500.50", "date": ", like 27 3 2027"}.get(question.widget, "")
    return f"Enter {question.subject}{example}"


def say(question: Question, problem: ErrorDetails) -> str:
    """The sentence for one finding of Pydantic's."""
    kind = problem["type"]
    if kind == "missing" or (kind == "too_short" and question.widget == "checkboxes"):
        return missing(question)
    says = _SAYS.get(kind)
    if says:
        return says(question, problem.get("ctx", {}))
    return question.error or f"Check {question.subject}: it is not in a form that can be taken"


def _plain(question: Question, limit: Any) -> str:
    return (
        f"£{limit:,}"
        if question.widget == "money"
        else f"{limit:,}"
        if isinstance(limit, int)
        else str(limit)
    )
