"""The one model of a case (design.md D12): form, check-answers, validation, freezing and documents read it.

Section order and titles: domain.md section 1. In this release the eight sections are plain text.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

WORDS = 1_500


def _text(section: str, hint: str) -> Any:
    extra: dict[str, Any] = {"widget": "words", "section": section, "max_words": WORDS}
    return Field(title=SECTIONS[section].title, description=hint, min_length=20, max_length=20_000,
                 json_schema_extra=extra)  # fmt: skip


def _screened(title: str, hint: str) -> Any:
    extra: dict[str, Any] = {
        "widget": "radios",
        "options": {"yes": "Yes", "no": "Not yet"},
        "section": "screening",
    }
    return Field(title=title, description=hint, json_schema_extra=extra)


@dataclass(frozen=True)
class Section:
    """One page of the form."""

    title: str


SECTIONS: dict[str, Section] = {
    "about": Section("About the case"),
    "purpose": Section("Purpose"),
    "strategic_context": Section("Strategic context"),
    "case_for_change": Section("Case for change"),
    "options": Section("Available options"),
    "preferred_option": Section("Preferred option"),
    "procurement": Section("Procurement route"),
    "funding": Section("Funding and affordability"),
    "management": Section("Management arrangements"),
    "screening": Section("Equality and data protection screening"),
}


class CaseDocument(BaseModel):
    """A complete case, as it may be submitted. Money in pounds."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(
        title="Title", min_length=3, max_length=120, json_schema_extra={"widget": "input", "section": "about"}
    )
    ask: str = Field(
        title="What is the board asked to approve?", description="One sentence. It is what members read first.",
        min_length=20, max_length=400,
        json_schema_extra={"widget": "words", "section": "about", "max_words": 60},
    )  # fmt: skip
    amount: Decimal = Field(
        title="Whole-life cost", description="In pounds, with VAT and staff time, like 182000.",
        gt=0, le=Decimal("999999999"), decimal_places=2,
        json_schema_extra={"widget": "money", "section": "about"},
    )  # fmt: skip
    funding_source: str = Field(
        title="Where does the money come from?", description="Budget, reserve or grant, and each service's share.",
        min_length=3, max_length=200, json_schema_extra={"widget": "input", "section": "about"},
    )  # fmt: skip
    purpose: str = _text("purpose", "What will be better for the public, and how will anybody know?")
    strategic_context: str = _text("strategic_context", "Which strand, deliverable and principles it serves.")
    case_for_change: str = _text(
        "case_for_change", "Today's problem, with figures, and measurable objectives."
    )
    options: str = _text(
        "options", "Always with business as usual and do minimum; strengths, weaknesses, costs."
    )
    preferred_option: str = _text("preferred_option", "Which, and why it is the best value for money.")
    procurement: str = _text("procurement", "Frameworks checked, contracts touched, whole-life cost.")
    funding: str = _text("funding", "Cost by year and service, capital and revenue, any gap.")
    management: str = _text("management", "Plan, roles, risks, benefits and their owners, exit terms.")
    equality_screened: Literal["yes"] = _screened(
        "Has an equality screening been done?", "It is needed before the decision, not after it."
    )
    data_protection_screened: Literal["yes"] = _screened(
        "Has a data protection screening been done?", "Needed wherever personal data is used."
    )


class ScopeProposal(BaseModel):
    """The one page that the scope decision is about (domain.md section 11). `scope_model` adds each service."""

    model_config = ConfigDict(extra="forbid")

    purpose: str = Field(
        title="Purpose", description="What will be better for the public, in a sentence or two.",
        min_length=20, max_length=1_500, json_schema_extra={"widget": "words", "max_words": 150},
    )  # fmt: skip
    in_scope: str = Field(
        title="In scope", min_length=10, max_length=2_000,
        json_schema_extra={"widget": "words", "max_words": 200, "error": "Write what is in scope"},
    )  # fmt: skip
    out_of_scope: str = Field(
        title="Out of scope", min_length=3, max_length=2_000,
        json_schema_extra={"widget": "words", "max_words": 200, "error": "Write what is out of scope"},
    )  # fmt: skip
    sponsor: str = Field(
        title="Executive sponsor", description="The post that speaks for it, such as ‘Assistant Chief Fire Officer’.",
        min_length=3, max_length=120, json_schema_extra={"widget": "input"},
    )  # fmt: skip
    owner: str = Field(
        title="Owner", description="The post that will own what is delivered.",
        min_length=3, max_length=120, json_schema_extra={"widget": "input"},
    )  # fmt: skip
    budget_to_prepare: Decimal = Field(
        title="Budget to prepare the case", description="In pounds; 0 when it needs none.",
        ge=0, le=Decimal("9999999"), decimal_places=2, json_schema_extra={"widget": "money"},
    )  # fmt: skip
    submit_by: date = Field(
        title="When will the case be submitted?",
        json_schema_extra={
            "widget": "date",
            "error": "Enter when the case will be submitted, like 30 9 2026",
        },
    )


YEARS_AHEAD = 5


def submit_by_fault(day: date, today: date) -> str:
    """What is wrong with the day by which the case is to be submitted; empty when it may stand."""
    if day < today:
        return "When the case will be submitted must be today or later"
    if (day.year - YEARS_AHEAD, day.month, day.day) > (today.year, today.month, today.day):
        return f"When the case will be submitted must be within {YEARS_AHEAD} years from today"
    return ""


def scope_model(services: Sequence[tuple[str, str]]) -> type[ScopeProposal]:
    """The scope proposal with one "effect on ..." field for each (key, name) of a service."""
    return _scope_model(tuple(services))


@cache
def _scope_model(services: tuple[tuple[str, str], ...]) -> type[ScopeProposal]:
    extra: dict[str, Any] = {"widget": "words", "max_words": 150}
    fields: dict[str, Any] = {
        f"effect_{key}": (
            str,
            Field(title=f"Effect on {name}", min_length=3, max_length=1_500, json_schema_extra=extra),
        )
        for key, name in services
    }
    return create_model("ScopeProposal", __base__=ScopeProposal, **fields)


@cache
def section_model(key: str) -> type[BaseModel]:
    """The part of the case that one page asks for."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in CaseDocument.model_fields.items()
        if field.json_schema_extra["section"] == key  # type: ignore[index]
    }
    return create_model(f"Section_{key}", __config__=ConfigDict(extra="forbid"), **fields)


def missing_sections(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of the sections that are not complete yet, in order."""
    return tuple(key for key in SECTIONS if not is_complete(section_model(key), values))


def is_complete(model: type[BaseModel], values: Mapping[str, Any]) -> bool:
    """True when the model's own fields among `values` are all valid."""
    try:
        model.model_validate({name: values[name] for name in model.model_fields if name in values})
    except ValidationError:
        return False
    return True


def frozen(model: type[BaseModel], values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The checked document as plain JSON values and its SHA-256 over canonical JSON (RFC 8785)."""
    body = model.model_validate(dict(values)).model_dump(mode="json")
    return body, hashlib.sha256(rfc8785.dumps(body)).hexdigest()
