"""Typed text on its way into a mail."""

import pytest

from notifications.plain import BREAK, name, prose


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Fleet telematics", "Fleet telematics"),
        ("Two\r\nBcc: all@evil.example", f"Two Bcc: all@{BREAK}evil.{BREAK}example"),
        ("a\x00b\x1b[31mc\x85d", "ab[31mc d"),
        ("=?utf-8?q?hidden?=", "= ?utf-8?q?hidden?="),
        ("=\u200b?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("abc\u202edcb\u2066x\u2069", "abcdcbx"),
        ("zero\u200bwidth\u200d\ufeff\u2060\u00ad", "zerowidth"),
        ("evil.example", f"evil.{BREAK}example"),
        ("evil。example", f"evil。{BREAK}example"),
        ("https://evil.example/a", f"https:{BREAK}//evil.{BREAK}example/a"),
        ("Version 2.0 costs £1.5m. Good.", "Version 2.0 costs £1.5m. Good."),
        ("One shared desk 🚒", "One shared desk 🚒"),
        ("\u3164\u2800 blank", "blank"),
        ("e\u0301", "é"),
        ("tag\U000e0041ged", "tagged"),
        ("half\ud800surrogate", "halfsurrogate"),
    ],
)
def test_a_name_is_one_line_that_hides_nothing_and_links_nowhere(typed: str, printed: str) -> None:
    assert name(typed) == printed


def test_a_name_is_never_longer_than_120_characters() -> None:
    assert name("x" * 10_000) == "x" * 119 + "…"


def test_prose_keeps_its_lines_but_never_two_blank_ones_and_ends_somewhere() -> None:
    assert prose("One\r\n\r\n\r\n\r\nTwo\u2028Three\x0b") == "One\n\nTwo\nThree"
    assert len(prose("word " * 10_000)) <= 1_500


def test_marks_cannot_be_piled_up_over_other_lines() -> None:
    assert len(name("a" + "\u0336" * 500)) == 5
