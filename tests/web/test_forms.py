"""A form is a model: what is asked, what is understood, what is refused, and that nothing typed is lost."""

import html
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, model_validator
from starlette.datastructures import FormData, UploadFile

from bjc.errors import Invalid
from bjc.web import forms
from bjc.web.text import clean
from tests.web.conftest import csrf_of
from tests.web.sample_site import ANSWERS, Scope

HOSTILE = "\"><script>alert(1)</script>{{ 7*7 }}' onfocus=x </textarea>&amp;%s\\"


def form_of(answers: Iterable[tuple[str, Any]] = (), **changed: Any) -> FormData:
    items = {**ANSWERS, **changed}
    return FormData([*[(name, value) for name, value in items.items() if value is not None], *answers])


def error_of(name: str, **changed: Any) -> str:
    reading = forms.read(Scope, form_of(**changed))
    assert reading.value is None
    assert list(reading.errors) == [name]
    return reading.errors[name]


def test_a_good_form_becomes_its_model() -> None:
    reading = forms.read(Scope, form_of())
    assert reading.errors == {}
    assert reading.value == Scope(
        title="Joint ICT service desk",
        service="sfrs",
        total=Decimal("12500.50"),
        start=date(2027, 3, 27),
        why="One desk for both services.",
        strands=["data"],
    )


@pytest.mark.parametrize(
    ("typed", "pounds"),
    [
        ("12500.50", "12500.50"),
        ("£12,500.50", "12500.50"),
        (" £ 12 500 ", "12500"),
        ("0", "0"),
        ("1,234,567", "1234567"),
    ],
)
def test_money_is_understood_as_people_write_it(typed: str, pounds: str) -> None:
    reading = forms.read(Scope, form_of(total=typed))
    assert reading.value
    assert reading.value.total == Decimal(pounds)


@pytest.mark.parametrize(
    "typed", ["lots", "1e5", "NaN", "Infinity", "12.345", "1,2,3", "12500.50 or so", "٣", "--1", "0x10"]
)
def test_what_is_no_amount_says_how_to_write_one(typed: str) -> None:
    assert error_of("total", total=typed) == "Enter the total cost as an amount in pounds, like 12500.50"


def test_an_amount_outside_its_limits_says_so() -> None:
    assert error_of("total", total="-1") == "Total cost must be £0 or more"


@pytest.mark.parametrize(
    ("day", "month", "year", "words"),
    [
        ("", "3", "2027", "must include a day"),
        ("27", "", "", "must include a month and a year"),
        ("31", "2", "2027", "must be a real date"),
        ("1", "13", "2027", "must be a real date"),
        ("x", "3", "2027", "must be a real date"),
        ("27", "3", "27", "the year must have 4 numbers"),
        ("١", "3", "2027", "must be a real date"),
    ],
)
def test_a_date_that_is_none_says_what_is_wrong_with_it(day: str, month: str, year: str, words: str) -> None:
    typed = {"start-day": day, "start-month": month, "start-year": year}
    assert words in error_of("start", **typed)


@pytest.mark.parametrize("month", ["3", "03", "March", "mar", "MARCH"])
def test_a_month_may_be_a_number_or_a_name(month: str) -> None:
    reading = forms.read(Scope, FormData({**ANSWERS, "start-month": month}))
    assert reading.value
    assert reading.value.start == date(2027, 3, 27)


def test_an_empty_form_asks_for_each_answer_in_the_order_of_the_page() -> None:
    reading = forms.read(Scope, FormData([]))
    assert reading.errors == {
        "title": "Enter the title of the case",
        "service": "Select the lead service",
        "total": "Enter the total cost, like 12500.50",
        "start": "Enter an answer to “When should it start?”, like 27 3 2027",
        "why": "Enter an answer to “Why is it needed?”",
        "strands": "Select the strands it serves",
    }
    assert forms.error_summary(reading.errors)[0] == {"text": "Enter the title of the case", "href": "#title"}


def test_blank_is_as_good_as_missing() -> None:
    assert error_of("title", title="  \u200b \t ") == "Enter the title of the case"


def test_too_many_words_are_counted_out() -> None:
    expected = "Your answer to “Why is it needed?” must be 20 words or fewer. You have 23: take out 3"
    assert error_of("why", why="word " * 23) == expected


def test_too_long_a_line_says_the_limit() -> None:
    assert error_of("title", title="x" * 121) == "Title of the case must be 120 characters or fewer"


@pytest.mark.parametrize(("name", "value"), [("service", "met"), ("strands", "money"), ("sponsor", "b9")])
def test_only_what_was_offered_can_be_chosen(name: str, value: str) -> None:
    assert "from the list" in error_of(name, **{name: value})


def test_several_boxes_may_be_ticked() -> None:
    reading = forms.read(Scope, form_of([("strands", "people")]))
    assert reading.value
    assert reading.value.strands == ["data", "people"]


def test_choices_may_be_known_only_now() -> None:
    people = {"sponsor": {"b2": "Officer B2"}}
    reading = forms.read(Scope, form_of(sponsor="b2"), options=people)
    assert reading.value
    assert reading.value.sponsor == "b2"
    drawn = {field.name: field for field in forms.fields(Scope, options=people)}
    assert drawn["sponsor"].params["items"][1] == {"value": "b2", "text": "Officer B2"}


@pytest.mark.parametrize(
    "extra",
    [("approved", "yes"), ("title", "another"), ("start-day", "3"), ("strands-1", "data"), ("start", "x")],
)
def test_a_field_that_was_not_asked_for_or_comes_twice_is_refused(extra: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        forms.read(Scope, form_of([extra]))
    assert "reload the page" in refused.value.remedy


def test_a_file_where_text_belongs_is_refused() -> None:
    import io

    with pytest.raises(Invalid):
        forms.read(Scope, form_of(title=UploadFile(io.BytesIO(b"x"))))


def test_hidden_fields_that_the_page_names_may_come_along() -> None:
    assert forms.read(Scope, form_of([("case_version", "2")]), also={"case_version"}).value


def test_nul_is_refused_with_a_word_and_taken_out_of_what_is_shown_again() -> None:
    reading = forms.read(Scope, form_of(title="Service\x00desk"))
    assert "cannot be kept" in reading.errors["title"]
    assert reading.values["title"] == "Servicedesk"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Cafe\u0301", "Café"),
        ("pay\u202egnp.exe", "paygnp.exe"),
        ("ze\u200bro\u2060 width\ufeff", "zero width"),
        ("a\x07b\x9bc\x1b[31m", "abc[31m"),
        ("two\r\nlines\u2028three", "two lines three"),
        ("tag\U000e0041s \ufffe\U0001ffff", "tags"),
        ("  £5 – “fine” 🚒 ", "£5 – “fine” 🚒"),
    ],
)
def test_what_nobody_can_see_is_taken_out_and_the_rest_is_kept(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_lines_are_kept_where_lines_belong() -> None:
    assert clean(" one\r\n\r\ntwo\rthree \n", lines=True) == "one\n\ntwo\nthree"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text, lines=True)
    assert clean(once, lines=True) == once
    assert "\x00" not in once


def test_a_rule_about_several_fields_is_told_for_the_whole_form() -> None:
    class Period(BaseModel):
        starts: date = Field(title="Start", json_schema_extra={"widget": "date"})
        ends: date = Field(title="End", json_schema_extra={"widget": "date"})

        @model_validator(mode="after")
        def in_order(self) -> "Period":
            if self.ends < self.starts:
                raise ValueError("The end must be after the start")
            return self

    days = {"starts-day": "2", "starts-month": "1", "starts-year": "2027"}
    ends = {"ends-day": "1", "ends-month": "1", "ends-year": "2027"}
    reading = forms.read(Period, FormData({**days, **ends}))
    assert reading.errors == {"": "The end must be after the start"}
    assert forms.error_summary(reading.errors) == [{"text": "The end must be after the start"}]


def test_a_widget_that_does_not_exist_is_the_programmers_error() -> None:
    class Odd(BaseModel):
        one: str = Field(json_schema_extra={"widget": "slider"})

    with pytest.raises(ValueError, match="slider"):
        forms.fields(Odd)


def test_only_the_fields_of_a_section_are_drawn_and_one_may_be_the_heading() -> None:
    class Two(BaseModel):
        one: str = Field(title="One", json_schema_extra={"section": "first"})
        two: str = Field(title="Two", json_schema_extra={"section": "second"})

    drawn = forms.fields(Two, section="second", heading="two")
    assert [field.name for field in drawn] == ["two"]
    assert drawn[0].params["label"] == {"text": "Two", "classes": "govuk-label--l", "isPageHeading": True}


def test_optional_questions_say_so() -> None:
    labels = {field.name: field.params.get("label", {}).get("text") for field in forms.fields(Scope)}
    assert labels["note"] == "Note (optional)"
    assert labels["title"] == "Title of the case"


scopes = st.builds(
    Scope,
    title=st.text(min_size=1, max_size=100).map(clean).filter(bool),
    service=st.sampled_from(["sfrs", "nfrs"]),
    total=st.decimals(0, 10**9, places=2),
    start=st.dates(date(1000, 1, 1)),
    why=st.text(min_size=1, max_size=40)
    .map(lambda text: clean(text, lines=True))
    .filter(bool)
    .filter(lambda text: len(text.split()) <= 20),
    strands=st.lists(st.sampled_from(["people", "data", "estates"]), min_size=1, unique=True),
    note=st.text(max_size=100).map(lambda text: clean(text, lines=True)),
    sponsor=st.sampled_from(["", "a1"]),
)


@given(scopes)
def test_what_a_form_shows_of_a_model_comes_back_as_that_model(scope: Scope) -> None:
    items: list[tuple[str, Any]] = []
    for name, value in forms.shown(scope).items():
        items += [(name, one) for one in value] if isinstance(value, list) else [(name, value)]
    assert forms.read(Scope, FormData(items)) == (scope, forms.shown(scope), {})


def test_everything_that_was_typed_is_given_back_with_the_errors(browser_like: httpx.Client) -> None:
    token = csrf_of(browser_like.get("/form").text)
    typed = {**ANSWERS, "total": "a lot", "note": "one\ntwo", "_csrf": token}
    answer = browser_like.post("/form", data=typed)
    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "<title>Error: Scope proposal" in text
    for value in ("Joint ICT service desk", "a lot", "27", "2027"):
        assert f'value="{value}"' in text
    assert ">one\ntwo</textarea>" in text
    assert ">One desk for both services.</textarea>" in text
    assert re.search(r'value="sfrs" checked', text)
    assert re.search(r'value="data" checked', text)
    assert '<a href="#total">' in text
    assert 'id="total-error"' in text


@pytest.mark.parametrize(
    "name", ["title", "total", "start-day", "why", "note", "service", "strands", "sponsor"]
)
def test_hostile_text_in_any_field_is_only_text(browser_like: httpx.Client, name: str) -> None:
    token = csrf_of(browser_like.get("/form").text)
    answer = browser_like.post("/form", data={**ANSWERS, "total": "x", name: HOSTILE, "_csrf": token})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "onfocus=x <" not in answer.text
    assert len(re.findall("<script", answer.text)) == 2
    if name not in ("service", "strands", "sponsor"):
        assert HOSTILE in html.unescape(answer.text)
