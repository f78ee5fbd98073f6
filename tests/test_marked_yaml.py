import time

import pytest

from bjc.marked_yaml import Unreadable, read


def test_every_value_knows_its_line() -> None:
    marked = read(b"a: 1\nlist:\n  - x: >-\n      folded\n      text\n    y: 2\n  - {x: 3}\n")
    assert marked.data == {"a": 1, "list": [{"x": "folded text", "y": 2}, {"x": 3}]}
    assert [
        marked.line_of(p) for p in [("a",), ("list",), ("list", 0, "x"), ("list", 0, "y"), ("list", 1)]
    ] == [
        1,
        2,
        3,
        6,
        7,
    ]


def test_a_place_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    marked = read(b"a:\n  - b: 1\n")
    assert marked.line_of(("a", 0, "absent", 3)) == 2
    assert marked.line_of(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a: 1\nb: c: d\n", 2, "not valid YAML: mapping values are not allowed here"),
        ("a: 1\nb:\n\t- c\n", 3, "a tab stands where only spaces may"),
        ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
        ('a: "unfinished\nb: 3\n', 3, "not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins here"),
        ("a: &x 1\nb: *x\n", 1, "anchors (&) and aliases (*)"),
        ("a: 1\nb: *x\n", 2, "anchors (&) and aliases (*)"),
        ("a: " + "[" * 50, 1, "more than 20 levels"),
        ("a: " + "[" * 100_000, 1, "more than 20 levels"),
        ("{a: " * 100_000, 1, "more than 20 levels"),
        ("%YAML 9.9\n---\na: 1\n", 1, "not valid YAML"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text.encode())
    assert told in refused.value.message
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' is here twice, first on line 1."),
        ("a: 1\n2026: x\n", 2, "the name '2026' is not plain text: put it in quotes."),
        ("a: 1\n? [x]\n: y\n", 2, "the name here is not plain text: put it in quotes."),
        ("a: 1\n<<: {b: 2}\n", 2, "the name '<<' is not plain text: put it in quotes."),
        ("a: 1\nb: 2026-13-01\n", 2, "'2026-13-01' is not a date or a number that exists."),
        ("a: 1\nb: " + "9" * 5_000, 2, "is not a date or a number that exists."),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "is not taken here: remove it."),
        ("a: !!binary aGk=\n", 1, "is not taken here: remove it."),
        ("a: !own {b: 1}\n", 1, "the tag !own is not taken here: remove it."),
        ("a: !!set {b}\n", 1, "is not taken here: remove it."),
    ],
)
def test_what_can_be_read_but_is_not_taken_is_a_flaw(text: str, line: int, told: str) -> None:
    flaws = read(text.encode()).flaws
    assert [(flaw[0], told in flaw[2]) for flaw in flaws] == [(line, True)]


def test_a_small_file_that_would_unfold_without_end_is_refused_at_once() -> None:
    layers = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    begun = time.monotonic()
    with pytest.raises(Unreadable, match="anchors"):
        read(f"a0: &a0 [lol]\n{layers}".encode())
    assert time.monotonic() - begun < 5
