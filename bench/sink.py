"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m bench.sink`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink


@contextmanager
def sink() -> Iterator[int]:
    """Its port, while it runs."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield int(child.stdout.readline())
        child.communicate("\n")


def _serve() -> None:
    controller = Controller(Sink(), hostname="127.0.0.1", port=0)
    controller.start()
    print(controller.server.sockets[0].getsockname()[1], flush=True)
    sys.stdin.readline()
    controller.stop()


if __name__ == "__main__":
    _serve()
