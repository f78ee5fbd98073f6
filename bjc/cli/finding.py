"""One line of `bjc doctor`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """How one thing is. `fix` says what to do where it is not well."""

    check: str
    state: Literal["ok", "warn", "fail"]
    says: str
    fix: str = ""


def judged(check: str, says: str, fault: str = "", fix: str = "", grave: bool = True) -> Finding:
    """Well, or with its fault: grave ones fail, the others warn."""
    if not fault:
        return Finding(check, "ok", says)
    return Finding(check, "fail" if grave else "warn", fault, fix)
