"""Loads an alliance's data file, and the demo beside it, and names the line of every mistake.

An alliance is data, not code (design.md section 1): this is the only door through which it comes in.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bjc import marked_yaml, resources
from bjc.errors import Invalid, NotFound
from bjc.rules import alliance_check, demo_check
from bjc.rules.alliance_model import Alliance, Entry
from bjc.rules.demo_model import Demo
from bjc.rules.faults import Fault, Place
from bjc.rules.policy import Policy
from bjc.rules.shape_faults import shape_faults

LARGEST = 1_048_576
_SHOWN = 20
_Model = TypeVar("_Model", bound=Entry)


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: its line in the file, the place there (`posts[3].service`), and what is wrong."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def default_alliance_path() -> Path:
    """The Fire Alliance, which an installation uses unless told otherwise."""
    return resources.alliances() / "fire_alliance.yaml"


def default_demo_path() -> Path:
    """The Fire Alliance's demo: persons, earlier projects and a case to be scoped."""
    return resources.alliances() / "fire_alliance_demo.yaml"


def load_alliance(path: Path) -> Alliance:
    """The alliance in a file. Raises `NotFound` without one, `Invalid` naming every mistake with its line."""
    return _loaded(path, *_examine(path, _read(path), Alliance, alliance_check.faults))


def load_demo(path: Path) -> Demo:
    """A demo file, checked against the alliance that it names. Raises as `load_alliance` does."""
    return _loaded(path, *_examine(path, _read(path), Demo, lambda demo: _demo_faults(path, demo)))


def check(path: Path) -> list[Problem]:
    """Every mistake of an alliance file or a demo file, by line; an empty list for a good one.

    Raises `NotFound` or `Invalid` only where there is no file whose lines could be named.
    """
    raw = _read(path)
    if _is_demo(raw):
        return _examine(path, raw, Demo, lambda demo: _demo_faults(path, demo))[1]
    return _examine(path, raw, Alliance, alliance_check.faults)[1]


def policy_on(alliance: Alliance, day: date) -> Policy:
    """The policy in force on a local day. Raises `Invalid` for a day before the first version."""
    in_force = [policy for policy in alliance.policy if policy.effective_from <= day]
    if not in_force:
        first = alliance.policy[0].effective_from
        message = f"No policy was in force on {day}: the first of {alliance.name} begins on {first}."
        raise Invalid(message, "Choose a later day, or add the older policy to the alliance's data file.")
    return in_force[-1]


def _examine(
    path: Path, raw: bytes, model: type[_Model], faults: Callable[[_Model], Iterable[Fault]]
) -> tuple[_Model | None, list[Problem]]:
    try:
        marked = marked_yaml.read(raw)
    except marked_yaml.Unreadable as error:
        return None, [Problem(error.line, "", error.message)]
    problems = [Problem(line, _dotted(place), message) for line, place, message in marked.flaws]
    if not isinstance(marked.data, dict):
        told = f"the file should begin with 'name: value' lines, as {default_alliance_path().name} does."
        return None, [*problems, Problem(1, "", told)]
    found: _Model | None = None
    try:
        found = model.model_validate(marked.data)
        wrong = list(faults(found))
    except ValidationError as error:
        wrong = list(shape_faults(model, marked.data, error))
    flawed = {place for _, place, _ in marked.flaws}
    problems += [_problem(marked, fault) for fault in wrong if fault.place not in flawed]
    return found, sorted(set(problems))


def _problem(marked: marked_yaml.Marked, fault: Fault) -> Problem:
    return Problem(marked.line_of(fault.place), _dotted(fault.place), fault.message)


def _loaded(path: Path, found: _Model | None, problems: list[Problem]) -> _Model:
    if found is not None and not problems:
        return found
    told = [str(problem) for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        told.append(f"and {len(problems) - _SHOWN} more")
    count = "one mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    message = "\n".join([f"{path.name} has {count}:", *told])
    raise Invalid(message, f"\nCorrect the file, then run `bjc alliance check {path}`.")


def _read(path: Path) -> bytes:
    if not path.is_file():
        what = "is a folder or a device, not a file" if path.exists() else "does not exist"
        raise NotFound(f"{path} {what}.", "Give the path of an alliance's data file, which ends in .yaml.")
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", "Check who may read the file.") from error
    if len(raw) > LARGEST:
        raise Invalid(f"{path.name} is larger than 1 MB.", "An alliance takes some 40 kB: is this one?")
    return raw


def _demo_faults(path: Path, demo: Demo) -> Iterable[Fault]:
    return demo_check.faults(demo, load_alliance(path.parent / demo.alliance))


def _is_demo(raw: bytes) -> bool:
    """A demo file says which alliance file it belongs to, and has persons."""
    return any(line.startswith((b"alliance:", b"persons:", b"holdings:")) for line in raw.splitlines())


def _dotted(place: Place) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return steps.lstrip(".")
