"""The whole system as `make run` starts it, on free ports and in an empty folder: a case walks to the end of it.

`python -m tests.play_the_stack` prints each step with its time, and checks that nothing is left running.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PORTS = ("BJC_WEB_PORT", "BJC_PREFECT_PORT", "BJC_CATCHER_PORT", "BJC_CATCHER_PAGES_PORT")
PATIENCE = 240.0
BJC = str(Path(sys.executable).parent / "bjc")


def main() -> int:
    """Start, play, verify the audit, stop. The exit code is 0 when all of it went well."""
    with tempfile.TemporaryDirectory(prefix="bjc-stack-") as folder, running(Path(folder)) as env:
        for command in (["demo", "play"], ["audit", "verify"], ["case", "list"], ["doctor"]):
            print(f"\n$ bjc {' '.join(command)}", flush=True)
            code = subprocess.run([BJC, *command], env=env, cwd=folder, check=False).returncode
            if code:
                print(f"bjc {' '.join(command)} ended with {code}")
                return code
    print("\nThe stack started, played a case to its end, and stopped without leaving anything behind.")
    return 0


@contextmanager
def running(home: Path, *options: str) -> Iterator[dict[str, str]]:
    """The stack on free ports with its data in `home`; yields the environment in which `bjc` finds it."""
    env = {
        **os.environ,
        "BJC_HOME": str(home),
        **dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True)),
    }
    stack = subprocess.Popen([BJC, "up", *options], env=env, cwd=home)
    try:
        parts = ready(home, stack)
        yield env
    finally:
        stack.send_signal(signal.SIGTERM)
        code = stack.wait(timeout=60)
    left = [pid for pid in parts if psutil.pid_exists(pid)]
    if left or code not in (0, 143, -signal.SIGTERM):
        raise SystemExit(f"bjc up ended with {code}; still running: {left}")


def ready(home: Path, stack: "subprocess.Popen[bytes]") -> list[int]:
    """Wait for the whole stack; returns the process ids of its parts and all they started."""
    told, until = home / "run" / "ready.json", time.monotonic() + PATIENCE
    while not told.exists():
        if stack.poll() is not None or time.monotonic() > until:
            raise SystemExit("bjc up did not come up")
        time.sleep(0.2)
    json.loads(told.read_text())
    return [child.pid for child in psutil.Process(stack.pid).children(recursive=True)]


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
