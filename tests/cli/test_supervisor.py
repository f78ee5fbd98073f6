"""The supervisor over small parts of our own: they start again, they stop in order, nothing is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from bjc.cli.parts import Part
from bjc.cli.supervisor import Supervisor
from bjc.errors import Unavailable

SLEEPS = "import time; time.sleep(60)"
ENDS = "print('WARNING oh dear'); raise SystemExit(3)"
OBSTINATE = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
NOTES = (
    "import signal, sys, time; path, name = sys.argv[1:]\n"
    "def bye(*_):\n    open(path, 'a').write(name + '\\n'); sys.exit()\n"
    "signal.signal(signal.SIGTERM, bye); print('up')\ntime.sleep(60)"
)
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPS!r}])"
TETHERED = f"from bjc.cli.tether import tether; tether(); print('up'); {SLEEPS}"


def part(name: str, code: str, *words: str, patience: float = 10.0, goodbye: float = 5.0) -> Part:
    command = (sys.executable, "-c", code, *words)
    return Part(name, name.title(), command, "", lambda: True, {}, patience, goodbye)


class Heard(list[tuple[str, str]]):
    """What the parts have printed."""

    def say(self, name: str, line: str) -> None:
        self.append((name, line))


def started(heard: Heard, *parts: Part) -> Supervisor:
    keeper = Supervisor(parts, {}, heard.say)
    keeper.start(*(one.name for one in parts))
    keeper.wait_until_ready()
    return keeper


def until_up(keeper: Supervisor, heard: Heard, *names: str) -> None:
    end = time.monotonic() + 10
    while not {(name, "up") for name in names} <= set(heard):
        assert time.monotonic() < end, heard
        keeper._look(0.1)


def test_the_parts_stop_in_their_order(tmp_path: Path) -> None:
    heard, path = Heard(), tmp_path / "order"
    names = ("prefect", "catcher", "engine", "web")
    keeper = started(heard, *(part(name, NOTES, str(path), name) for name in names))
    until_up(keeper, heard, *names)
    keeper.stop()
    assert path.read_text().split() == ["web", "engine", "catcher", "prefect"]
    assert keeper.pids() == {}


def test_a_part_that_does_not_listen_is_killed() -> None:
    heard = Heard()
    keeper = started(heard, part("web", OBSTINATE, goodbye=0.3))
    until_up(keeper, heard, "web")
    keeper.stop()
    assert keeper.pids() == {}


def test_what_a_part_has_started_is_stopped_with_it() -> None:
    keeper = started(Heard(), part("web", PARENT))
    process = psutil.Process(keeper.pids()["web"])
    end = time.monotonic() + 10
    while not process.children() and time.monotonic() < end:
        time.sleep(0.05)
    (child,) = process.children()
    keeper.stop()
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running()


def test_a_part_that_ends_is_started_again() -> None:
    heard = Heard()
    keeper = started(heard, part("web", SLEEPS))
    first = keeper.pids()["web"]
    os.kill(first, signal.SIGKILL)
    end = time.monotonic() + 10
    while keeper.pids().get("web", first) == first and time.monotonic() < end:
        keeper._look(0.1)
    assert keeper.pids()["web"] != first
    assert heard == [("web", "WARNING: it ended with code -9; starting it again in 1 s.")]
    keeper.stop()


def test_a_part_that_keeps_ending_is_given_up_with_a_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bjc.cli.supervisor.MOST_STARTS", 2)
    heard = Heard()
    keeper = Supervisor([part("web", ENDS)], {}, heard.say)
    keeper.start("web")
    with pytest.raises(Unavailable, match=r"Web ended 2 times in a row \(last with code 3\)\. .*web\.log"):
        keeper.keep()
    assert heard.count(("web", "WARNING oh dear")) == 2


def test_a_part_that_is_never_ready_is_named() -> None:
    late = Part("web", "Pages", (sys.executable, "-c", SLEEPS), "", lambda: False, {}, patience=0.5)
    keeper = Supervisor([late], {}, Heard().say)
    keeper.start("web")
    with pytest.raises(Unavailable, match="Pages was not ready within"):
        keeper.wait_until_ready()
    keeper.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="tied by Linux's own means")
def test_a_killed_supervisor_leaves_nothing_running() -> None:
    code = (
        "import sys; from bjc.cli.parts import Part; from bjc.cli.supervisor import Supervisor\n"
        f"part = Part('web', 'Web', (sys.executable, '-c', {TETHERED!r}), '', lambda: True, {{}})\n"
        "keeper = Supervisor([part], {}, lambda name, line: print(keeper.pids()['web'], flush=True))\n"
        "keeper.start('web'); keeper.keep()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = psutil.Process(int(supervisor.stdout.readline()))
        supervisor.kill()
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running()


def test_stopping_ends_the_watch() -> None:
    keeper = started(Heard(), part("web", SLEEPS))
    threading.Timer(0.2, keeper.stopping.set).start()
    keeper.keep()
    keeper.stop()
    assert keeper.pids() == {}
