"""Starts the parts, watches them, starts again what ends by itself, and stops them in order.

Honcho runs a part and reads its lines. Its own manager ends everything as soon as one part ends, so the
watching is ours. Each part is a session of its own: the terminal's Ctrl-C reaches only the supervisor.
"""

import os
import queue
import shlex
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from honcho.process import Process

from bjc.cli.parts import STOPPING, Part
from bjc.cli.tether import VARIABLE
from bjc.errors import Unavailable

MOST_STARTS = 5
STEADY = 60.0


@dataclass
class Kept:
    """A part that is being kept running; `pid` is 0 while it is not."""

    part: Part
    pid: int = 0
    starts: int = 0
    started_at: float = 0.0
    start_again_at: float = 0.0


class Supervisor:
    """`say(name, line)` is given each line that a part prints. The caller handles signals, and calls `stop`."""

    def __init__(
        self, parts: Sequence[Part], environment: Mapping[str, str], say: Callable[[str, str], None]
    ) -> None:
        self.stopping = threading.Event()
        self._kept = {part.name: Kept(part) for part in parts}
        self._environment = environment
        self._say = say
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def start(self, *names: str) -> None:
        """Start these parts; names that this installation does not have are passed over."""
        for name in names:
            if name in self._kept:
                self._start(self._kept[name])

    def wait_until_ready(self) -> None:
        """Until every part answers. Raises Unavailable with the part's name when its time is over."""
        began = time.monotonic()
        missing = list(self._kept.values())
        while missing and not self.stopping.is_set():
            self._look(0.05)
            kept = missing[0]
            if kept.pid and kept.part.ready():
                missing.pop(0)
            elif time.monotonic() - began > kept.part.patience:
                message = f"{kept.part.title} was not ready within {kept.part.patience:.0f} seconds."
                raise Unavailable(message, f"Its log says why: {kept.part.name}.log")

    def keep(self) -> None:
        """Watch until told to stop. Raises Unavailable when a part keeps ending."""
        while not self.stopping.is_set():
            self._look(0.5)

    def pids(self) -> dict[str, int]:
        """The processes that run now."""
        return {name: kept.pid for name, kept in self._kept.items() if kept.pid}

    def stop(self) -> None:
        """Stop everything in order; what does not listen is killed."""
        self.stopping.set()
        for name in STOPPING:
            if name in self._kept:
                self._end(self._kept[name])

    def kill(self) -> None:
        """At once and without goodbye."""
        self.stopping.set()
        for pid in self.pids().values():
            _signal(pid, signal.SIGKILL)

    def _start(self, kept: Kept) -> None:
        kept.start_again_at, kept.started_at = 0.0, time.monotonic()
        kept.starts += 1
        environment = {**os.environ, **self._environment, VARIABLE: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        process = Process("exec " + shlex.join(kept.part.command), name=kept.part.name, env=environment)
        # The thread lives as long as the part: the system takes its end for the supervisor's (see tether.py).
        threading.Thread(target=process.run, args=(self._events,), daemon=True).start()

    def _look(self, seconds: float) -> None:
        """Deal with what happened, waiting at most so long for something to happen."""
        with suppress(queue.Empty):
            self._take(self._events.get(timeout=seconds))
            while True:
                self._take(self._events.get_nowait())
        for kept in self._kept.values():
            if kept.start_again_at and time.monotonic() >= kept.start_again_at and not self.stopping.is_set():
                self._start(kept)

    def _take(self, message: Any) -> None:
        kept = self._kept[message.name]
        if message.type == "start":
            kept.pid = message.data["pid"]
        elif message.type == "line":
            self._say(kept.part.name, message.data.decode(errors="replace").rstrip())
        else:
            kept.pid = 0
            if not self.stopping.is_set():
                self._ended(kept, message.data["returncode"])

    def _ended(self, kept: Kept, code: int) -> None:
        if time.monotonic() - kept.started_at > STEADY:
            kept.starts = 0
        if kept.starts >= MOST_STARTS:
            message = f"{kept.part.title} ended {kept.starts} times in a row (last with code {code})."
            raise Unavailable(message, f"Its log says why: {kept.part.name}.log")
        pause = 2.0 ** (kept.starts - 1)
        kept.start_again_at = time.monotonic() + pause
        self._say(kept.part.name, f"WARNING: it ended with code {code}; starting it again in {pause:.0f} s.")

    def _end(self, kept: Kept) -> None:
        until = time.monotonic() + kept.part.goodbye
        if kept.pid:
            _signal(kept.pid, signal.SIGTERM)
        while kept.pid and time.monotonic() < until + 2:
            if time.monotonic() > until:
                _signal(kept.pid, signal.SIGKILL)
            self._look(0.05)


def _signal(pid: int, number: signal.Signals) -> None:
    """To the part and all it started: it leads a group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(pid, number)
