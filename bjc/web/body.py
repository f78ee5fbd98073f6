"""Refuses what is too large or too slow before anything reads it: addresses and bodies."""

import asyncio

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bjc.web.errors import PageError, respond

LONGEST_ADDRESS = 2_000  # bytes of path and query
SLOWEST = 30.0  # seconds for a whole body
# A browser shows our page only if it could send everything, so a little more than we take is thrown away.
DRAINED = 8


class BodyLimit:
    """Takes in the whole body, up to `largest` bytes, and only then calls the page."""

    def __init__(self, app: ASGIApp, largest: int, slowest: float = SLOWEST) -> None:
        self.app = app
        self.largest = largest
        self.slowest = slowest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            refuse_address(scope)
            body = await self._take(Headers(scope=scope), receive)
        except PageError as error:
            await respond(Request(scope), error)(scope, receive, send)
            return
        if body is not None:
            await self.app(scope, _replay(body, receive), send)

    async def _take(self, headers: Headers, receive: Receive) -> bytes | None:
        """The body; None where the browser has gone."""
        announced = headers.get("content-length", "")
        if not announced and "transfer-encoding" not in headers:
            return b""
        if announced.isdigit() and int(announced) > self.largest * DRAINED:
            raise self._too_large()
        try:
            async with asyncio.timeout(self.slowest):
                return await self._read(receive)
        except TimeoutError:
            raise PageError(
                408, "What you sent did not arrive in time.", "Check your connection and send it again."
            ) from None

    async def _read(self, receive: Receive) -> bytes | None:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size <= self.largest:
                parts.append(part)
            if not message.get("more_body", False) or size > self.largest * DRAINED:
                break
        if size > self.largest:
            raise self._too_large()
        return b"".join(parts)

    def _too_large(self) -> PageError:
        limit = f"{self.largest / 1_048_576:.3g} MB" if self.largest >= 100_000 else f"{self.largest:,} bytes"
        remedy = f"Go back, shorten it to less than {limit} and send it again. Nothing was changed."
        return PageError(
            413, "What you sent is larger than this service takes.", remedy, {"connection": "close"}
        )


def refuse_address(scope: Scope) -> None:
    """Raises `PageError` for an address that is too long or holds what no address of ours holds."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        raise PageError(
            414, "This address is longer than any page of this service has.", "Check the link you followed."
        )
    if "\x00" in scope["path"]:
        raise PageError(404, "There is nothing at this address.", "Check the link you followed.")


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hands the body over once, then whatever the server says next (that the browser has gone)."""
    handed = False

    async def replayed() -> Message:
        nonlocal handed
        if handed:
            return await receive()
        handed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
