"""Mail servers that refuse, put off, or hang up: real ones, on real sockets."""
# ruff: noqa: N802 - aiosmtpd finds its hooks by these names

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answers:
    """An SMTP server's mind: what it says to RCPT for an address, to MAIL and to DATA, and what it took."""

    rcpt: dict[str, str] = field(default_factory=dict)
    mail: str = ""
    data: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data and not self.data[0].startswith("250"):
            return self.data.pop(0)
        self.taken.append(envelope.original_content)
        return "250 OK"

    @property
    def message_ids(self) -> list[str]:
        """The Message-ID of each message taken, in order."""
        return [message_from_bytes(raw)["Message-ID"].strip() for raw in self.taken]


@contextmanager
def smtp_server(answers: Answers) -> Iterator[int]:
    """A server of this mind; gives its port."""
    controller = Controller(answers, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


@dataclass
class HangsUp:
    """Takes the first `times` messages to the last dot and closes without a word; then it answers as it should."""

    times: int
    taken: list[bytes] = field(default_factory=list)

    @property
    def message_ids(self) -> list[str]:
        """The Message-ID of each message read, answered or not."""
        return [message_from_bytes(raw)["Message-ID"].strip() for raw in self.taken]


@contextmanager
def hanging_up(mind: HangsUp) -> Iterator[int]:
    """A server on a bare socket; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, mind), daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def _accept(listener: socket.socket, mind: HangsUp) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as line:
            _converse(line, mind)


def _converse(line, mind: HangsUp) -> None:
    def say(words: str) -> None:
        line.write(words.encode() + b"\r\n")
        line.flush()

    say("220 here")
    while command := line.readline():
        if command[:4].upper() == b"DATA":
            say("354 go on")
            mind.taken.append(_until_dot(line))
            if len(mind.taken) <= mind.times:
                return
        elif command[:4].upper() == b"QUIT":
            say("221 bye")
            return
        say("250 fine")


def _until_dot(line) -> bytes:
    read = []
    while (part := line.readline()) not in (b".\r\n", b""):
        read.append(part)
    return b"".join(read)
