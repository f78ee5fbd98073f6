"""Who does something: a person in a role, by a way, or the clock."""

from dataclasses import dataclass
from typing import Any

from bjc.rules.stages import Role


@dataclass(frozen=True)
class Actor:
    """`via` is how they came: session, link, meeting, clock, command. The audit keeps ids, never names."""

    role: str
    person_id: int | None = None
    via: str = "session"
    post: str | None = None

    def ids(self) -> dict[str, Any]:
        """What the audit keeps of them."""
        return {"role": self.role, "person": self.person_id, "post": self.post, "via": self.via}


CLOCK = Actor(Role.CLOCK, via="clock")
