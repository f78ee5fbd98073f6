"""The one model of a case: what each page needs, what is still missing, and what is frozen."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bjc.rules.case import (
    SECTIONS,
    CaseDocument,
    frozen,
    is_complete,
    missing_sections,
    scope_model,
    section_model,
    submit_by_fault,
)
from tests.builders import TEXT, sections

SERVICES = [("sfrs", "SFRS"), ("hwfrs", "HWFRS")]


def scope() -> dict[str, Any]:
    return {"purpose": TEXT, "in_scope": TEXT, "out_of_scope": "Telephony.", "sponsor": "Assistant Chief",
            "owner": "Head of ICT", "budget_to_prepare": "1500.00", "submit_by": "2026-09-30",
            "effect_sfrs": "Two officers.", "effect_hwfrs": "One officer."}  # fmt: skip


def test_a_complete_case_misses_nothing_and_an_empty_one_everything() -> None:
    assert missing_sections(sections()) == ()
    assert missing_sections({}) == tuple(SECTIONS)


@pytest.mark.parametrize("field", sorted(CaseDocument.model_fields))
def test_without_one_field_its_own_section_is_missing_and_no_other(field: str) -> None:
    extra = CaseDocument.model_fields[field].json_schema_extra
    values = {name: value for name, value in sections().items() if name != field}
    assert missing_sections(values) == (extra["section"],)  # type: ignore[index]


def test_the_pages_ask_for_each_field_of_the_case_once() -> None:
    asked = [name for key in SECTIONS for name in section_model(key).model_fields]
    assert sorted(asked) == sorted(CaseDocument.model_fields)


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "0"), ("amount", "-5"), ("amount", "1.005"), ("purpose", "Too short."), ("purpose", "x" * 20_001),
     ("equality_screened", "no"), ("title", "")],
)  # fmt: skip
def test_a_case_outside_its_bounds_is_not_complete(field: str, value: str) -> None:
    assert missing_sections({**sections(), field: value}) != ()


def test_screening_not_yet_done_keeps_a_case_from_being_submitted() -> None:
    assert missing_sections({**sections(), "data_protection_screened": "no"}) == ("screening",)


def test_the_scope_proposal_asks_for_the_effect_on_each_service() -> None:
    model = scope_model(SERVICES)
    assert is_complete(model, scope())
    assert not is_complete(model, {**scope(), "effect_hwfrs": ""})
    assert model.model_fields["effect_sfrs"].title == "Effect on SFRS"


def test_a_frozen_document_refuses_what_is_not_part_of_it() -> None:
    with pytest.raises(ValidationError):
        frozen(CaseDocument, {**sections(), "price": "1"})


def test_the_same_case_has_the_same_hash_however_its_amount_was_typed() -> None:
    one, two = frozen(CaseDocument, sections("182000.00")), frozen(CaseDocument, sections("182000.00"))
    assert one == two
    assert len(one[1]) == 64
    assert frozen(CaseDocument, dict(reversed(sections().items())))[1] == one[1]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([name for name in sections() if name in SECTIONS]), st.text(min_size=1, max_size=30))
def test_any_change_of_the_text_changes_the_hash(field: str, more: str) -> None:
    before, first = frozen(CaseDocument, sections())
    after, second = frozen(CaseDocument, {**sections(), field: sections()[field] + more})
    assert (before == after) == (first == second)
    assert first != second


def test_freezing_keeps_money_as_text_and_exact() -> None:
    body, _ = frozen(CaseDocument, sections("182000.10"))
    assert Decimal(body["amount"]) == Decimal("182000.10")
    assert isinstance(body["amount"], str)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 6, 30), "today or later"),
        (date(2026, 7, 1), ""),
        (date(2031, 7, 1), ""),
        (date(2031, 7, 2), "within 5 years"),
        (date(2099, 1, 1), "within 5 years"),
    ],
)
def test_a_case_is_to_be_submitted_from_today_to_five_years_ahead(day: date, words: str) -> None:
    fault = submit_by_fault(day, date(2026, 7, 1))
    assert words in fault
    assert bool(words) == bool(fault)
