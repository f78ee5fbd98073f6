"""Turns what was typed into what a model takes, one function a widget; each says what to do if it cannot.

Raised ValueErrors carry the sentence that the person reads beside the field.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bjc.web.questions import LONGEST, PARTS, Question
from bjc.web.text import count_words

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONEY = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")
_MONEY_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]{1,2})?")


def convert(question: Question, values: Mapping[str, Any]) -> Any:
    """The answer for the model; None where nothing was typed. `values` holds the cleaned inputs by name."""
    if question.widget == "date":
        return to_date(question, [values.get(name, "") for name in question.names])
    typed = values.get(question.name, "")
    if question.widget == "checkboxes":
        return [to_choice(question, value) for value in typed]
    if not typed:
        return None
    if question.widget == "money":
        return to_money(question, typed)
    if question.options:
        return to_choice(question, typed)
    return to_text(question, typed)


def to_text(question: Question, typed: str) -> str:
    """Text within its limit of words."""
    if question.max_words and (words := count_words(typed)) > question.max_words:
        raise ValueError(
            f"{question.title} must be {question.max_words} words or fewer. You have {words}: "
            f"take out {words - question.max_words}"
        )
    if len(typed) > LONGEST:
        raise ValueError(f"{question.title} must be {LONGEST:,} characters or fewer")
    return typed


def to_money(question: Question, typed: str) -> str:
    """Pounds as a decimal number in text: "£12,500.50" gives "12500.50"."""
    plain = typed.replace("£", "").replace(" ", "").replace("−", "-")
    if not _MONEY.fullmatch(plain) and not _MONEY_GROUPED.fullmatch(plain):
        raise ValueError(question.error or f"Enter {question.subject} as an amount in pounds, like 12500.50")
    return plain.replace(",", "")


def to_choice(question: Question, typed: str) -> str:
    """One of the values that were offered."""
    if typed not in question.options:
        raise ValueError(question.error or f"Choose {question.subject} from the list")
    return typed


def to_date(question: Question, parts: list[str]) -> date | None:
    """Day, month (a number or a name) and year. None where all three are blank."""
    if not any(parts):
        return None
    missing = [name for name, part in zip(PARTS, parts, strict=True) if not part]
    if missing:
        raise ValueError(f"{question.title} must include a {' and a '.join(missing)}")
    day, month, year = parts
    month = str(MONTHS.index(month[:3].lower()) + 1) if month[:3].lower() in MONTHS else month
    if not re.fullmatch(r"[0-9]{4}", year):
        raise ValueError(f"{question.title}: the year must have 4 numbers, like 2027")
    if not (re.fullmatch(r"[0-9]{1,2}", day) and re.fullmatch(r"[0-9]{1,2}", month)):
        raise ValueError(f"{question.title} must be a real date, like 27 3 2027")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"{question.title} must be a real date, like 27 3 2027") from None
