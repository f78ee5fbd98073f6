"""Reads the catcher's mail as a person reads an inbox: the newest of a kind, its link."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from bjc.errors import BjcError, Unavailable
from bjc.rules.notices import Notice

PAUSE = 0.1


@dataclass(frozen=True)
class Mail:
    """One message in the catcher."""

    id: int
    subject: str
    links: tuple[str, ...]

    @property
    def link(self) -> str:
        """The one link that the mail is about."""
        found = next((address for address in self.links if "/d/" in address), "")
        if not found:
            raise BjcError(f"The mail '{self.subject}' holds no link.")
        return found


class Mails:
    """The catcher's messages. Each mail that was waited for is read once."""

    def __init__(self, pages_port: int, patience: float) -> None:
        self._address = f"http://127.0.0.1:{pages_port}/messages.json"
        self._patience = patience
        self._read: set[int] = set()

    def last_id(self) -> int:
        """The number of the newest message."""
        return max((entry["id"] for entry in self._all({})), default=0)

    def wait(self, to: str, notice: Notice, ref: str = "", since: int = 0) -> Mail:
        """The newest unread mail of this kind to this address; waits for it. Raises BjcError in the end."""
        until = time.monotonic() + self._patience
        while time.monotonic() < until:
            found = [entry for entry in self._all({"to": to}) if self._fits(entry, notice, ref, since)]
            if found:
                newest = max(found, key=lambda entry: int(entry["id"]))
                self._read.add(newest["id"])
                return Mail(newest["id"], newest["subject"], tuple(newest["links"]))
            time.sleep(PAUSE)
        raise BjcError(f"No mail '{notice.value}' for {to} came within {self._patience:.0f} seconds.")

    def _fits(self, entry: dict[str, Any], notice: Notice, ref: str, since: int) -> bool:
        headers = entry["headers"]
        return (
            entry["id"] > since
            and entry["id"] not in self._read
            and headers.get("Feedback-ID", "").startswith(f"{notice.value}:")
            and (not ref or headers.get("X-BJC-Case") == ref)
        )

    def _all(self, query: dict[str, str]) -> list[dict[str, Any]]:
        try:
            answer = httpx.get(self._address, params=query, timeout=10).raise_for_status().json()
        except httpx.HTTPError as error:
            raise Unavailable("The mail catcher does not answer.", "Start the system: bjc up") from error
        return list(answer["messages"] if isinstance(answer, dict) else answer)
