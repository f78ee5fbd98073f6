"""How often one address, one link, or everybody together may knock (trust.md section 1.2, point 9).

Counts live in the memory of one process and hold a bounded number of keys; several processes allow that many
times more, which still is far from what guessing a 256-bit secret would need.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bjc.web.errors import PageError, respond
from bjc.web.scrub import SECRET_PATHS

MINUTE = 60.0
MOST_KEYS = 20_000
POSTS = 10  # posts a minute from one address, as a multiple of its links a minute: an office may share one
MISSES = 5  # unknown links a minute from everybody together, likewise


class Window:
    """Counts within a sliding window: this one in full, the one before by the part that still overlaps."""

    def __init__(self, limit: int, seconds: float = MINUTE) -> None:
        self.limit = limit
        self.seconds = seconds
        self._counts: OrderedDict[str, tuple[int, int, int]] = OrderedDict()

    def used(self, key: str, now: float) -> float:
        """How much of the limit `key` has used up at `now` (seconds on any steady clock)."""
        number, before, current = self._at(key, now)
        return before * (1 - (now / self.seconds - number)) + current

    def wait(self, key: str, now: float) -> float:
        """Seconds until `key` may try again; 0 if it may now."""
        number, before, current = self._at(key, now)
        if self.used(key, now) < self.limit:
            return 0.0
        ends = (number + 1) * self.seconds
        if current >= self.limit:  # nothing fades before the window ends; then `current` does, bit by bit
            return ends - now + self.seconds * (1 - self.limit / (current + 1))
        return max(0.0, ends - now - self.seconds * (self.limit - current - 1) / max(before, 1))

    def spend(self, key: str, now: float) -> float:
        """Counts one try where it is allowed. Returns the seconds to wait, 0 if it was allowed."""
        seconds = self.wait(key, now)
        if seconds <= 0:
            number, before, current = self._at(key, now)
            self._counts[key] = (number, before, current + 1)
            self._counts.move_to_end(key)
            while len(self._counts) > MOST_KEYS:
                self._counts.popitem(last=False)
        return seconds

    def _at(self, key: str, now: float) -> tuple[int, int, int]:
        number = math.floor(now / self.seconds)
        kept, before, current = self._counts.get(key, (number, 0, 0))
        if kept == number:
            return number, before, current
        return (number, current, 0) if kept == number - 1 else (number, 0, 0)


class Limits:
    """The limits of one process. Pages add their own kinds through `spend`."""

    def __init__(self, links_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.addresses = Window(links_per_minute)
        self.links = Window(links_per_minute)
        self.posts = Window(links_per_minute * POSTS)
        self.missed = Window(links_per_minute * MISSES)
        self.missed_by = Window(links_per_minute)
        self._own: dict[tuple[str, int, float], Window] = {}

    def spend(self, kind: str, key: str, limit: int, seconds: float = MINUTE) -> None:
        """One more `kind` for `key`, such as ("sign-in", address). Raises the 429 page beyond `limit`."""
        window = self._own.setdefault((kind, limit, seconds), Window(limit, seconds))
        _refuse(window.spend(_hashed(key), self.clock()))

    def admit(self, method: str, path: str, address: str) -> None:
        """Counts a request as it comes in. Raises the 429 page where it is one too many."""
        now = self.clock()
        if method == "POST":
            _refuse(self.posts.spend(address, now))
        if path.startswith(SECRET_PATHS):
            self._refuse_guessing(address, now)
            _refuse(self.addresses.spend(address, now))
            _refuse(self.links.spend(_hashed(path), now))

    def _refuse_guessing(self, address: str, now: float) -> None:
        """While many links miss, those who missed must wait; whoever holds a good link still comes in."""
        if self.missed_by.used(address, now) > 0:
            _refuse(self.missed.wait("all", now))

    def miss(self, path: str, address: str) -> None:
        """An unknown link was asked for."""
        if path.startswith(SECRET_PATHS):
            now = self.clock()
            self.missed.spend("all", now)
            self.missed_by.spend(address, now)


class RateLimit:
    """Stands in front of the pages and asks `Limits`."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, address = scope["path"], client_address(scope)

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (404, 410):
                self.limits.miss(path, address)
            await send(message)

        try:
            self.limits.admit(scope["method"], path, address)
        except PageError as error:
            await respond(Request(scope), error)(scope, receive, send)
            return
        await self.app(scope, receive, watch)


def client_address(scope: Scope) -> str:
    """Who knocks: an IPv4 address, or the /64 that one IPv6 subscriber holds whole."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))


def _refuse(seconds: float) -> None:
    if seconds > 0:
        pause = math.ceil(seconds)
        remedy = f"Wait {_spoken(pause)}, then try again. Nothing was changed."
        raise PageError(
            429, "There were too many requests in a short time.", remedy, {"retry-after": str(pause)}
        )


def _spoken(seconds: int) -> str:
    """`40 seconds`, `5 minutes`: as a person would say it, never too short."""
    if seconds <= 90:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"


def _hashed(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
