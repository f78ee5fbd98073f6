"""A whole installation in a folder and on ports of its own, started as people start it and stopped by process id."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil

from bench.ports import free_port
from bjc.settings import Settings
from flows.prefect_env import own_environment

PATIENCE = 180.0
GOODBYE = 60.0


@dataclass(frozen=True)
class Started:
    """What runs: its settings, the process ids of its parts by name, and the seconds until it was ready."""

    settings: Settings
    parts: Mapping[str, int]
    seconds: float


class Installation:
    """Everything is under `home`, also Prefect's own data; the environment of this process counts for nothing."""

    def __init__(self, home: Path) -> None:
        ports = ("web_port", "prefect_port", "catcher_port", "catcher_pages_port")
        self.settings = Settings(home=home, _env_file=None, **{name: free_port() for name in ports})  # type: ignore[arg-type]
        others = {
            name: value for name, value in os.environ.items() if not name.startswith(("BJC_", "PREFECT_"))
        }
        self._environment = {**others, **own_environment(self.settings)}

    @contextmanager
    def up(self) -> Iterator[Started]:
        """`bjc up`, until the caller is done with it."""
        ready = self.settings.home / "run" / "ready.json"
        began = time.monotonic()
        with self.running("up") as process:
            while not ready.exists():
                self._still_there(process, began)
            seconds = time.monotonic() - began
            told = json.loads(ready.read_text())
            yield Started(self.settings, {"supervisor": told["supervisor"], **told["parts"]}, seconds)

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """`bjc` with these words as a process, interrupted at the end; whatever it leaves behind is killed."""
        command = [sys.executable, "-m", "bjc.cli", *words]
        self.settings.home.mkdir(parents=True, exist_ok=True)
        with (self.settings.home / f"bench-{words[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self._environment,
                cwd=self.settings.home,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            _end(process)

    def run(self, *words: str) -> None:
        """`bjc` with these words, to its end. Raises where it fails."""
        command = [sys.executable, "-m", "bjc.cli", *words]
        done = subprocess.run(
            command, env=self._environment, cwd=self.settings.home, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    def wait_for(self, url: str, process: subprocess.Popen[bytes]) -> None:
        """Until this address answers."""
        began = time.monotonic()
        while not _answers(url):
            self._still_there(process, began)

    def _still_there(self, process: subprocess.Popen[bytes], began: float) -> None:
        logs = "".join(
            path.read_text(errors="replace")[-2000:] for path in self.settings.home.glob("bench-*.log")
        )
        assert process.poll() is None, f"it ended by itself: {logs}"
        assert time.monotonic() - began < PATIENCE, f"it was not ready within {PATIENCE:.0f} seconds: {logs}"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - an address of our own
            return bool(answer.status == 200)
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GOODBYE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in psutil.wait_procs(family, timeout=5)[1]:
        child.kill()
