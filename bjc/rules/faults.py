"""How a rule says that a data file is wrong: the place in the file, and a sentence for a person.

The ground floor knows no files and no lines; whoever read the file turns the place into a line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

Place = tuple[str | int, ...]
_LISTED = 12


@dataclass(frozen=True)
class Fault:
    """`place` leads to the entry, as in `("posts", 3, "service")`."""

    place: Place
    message: str


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A leading space and the nearest known word, or nothing when none is near."""
    near = get_close_matches(word, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def not_among(word: str, known: Iterable[str]) -> str:
    """The second half of a sentence about a word that should be one of `known`."""
    words = sorted(known)
    listed = ", ".join(words) if len(words) <= _LISTED else f"the {len(words)} there are"
    return f"which is not among {listed or 'any: there are none'}.{did_you_mean(word, words)}"


def twice(kind: str, entries: Iterable[tuple[Place, str]]) -> Iterator[Fault]:
    """A fault for every entry that repeats a key already given to an earlier one of its kind."""
    seen: set[str] = set()
    for place, key in entries:
        if key in seen:
            yield Fault(place, f"two {kind} have the key '{key}': give each its own.")
        seen.add(key)
