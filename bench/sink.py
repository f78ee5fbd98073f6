"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m bench.sink`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from bench.ports import free_port


@contextmanager
def sink() -> Iterator[int]:
    """Its port, while it runs."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield int(child.stdout.readline())
        child.communicate("\n")


def _serve() -> None:
    port = free_port()
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    sys.stdin.readline()
    controller.stop()


if __name__ == "__main__":
    _serve()
