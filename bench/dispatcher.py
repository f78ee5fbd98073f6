"""`dispatcher`: what it costs to look, twice a second, for cases that are due when none is."""

import tempfile
import time
from pathlib import Path

from bench.figures import Report
from bench.installation import Installation
from bench.processes import cpu

AIM = 2.0
SETTLE_DOWN = 15.0


def measure(quick: bool) -> Report:
    """The demo's case is routed to rest by the whole stack; then Prefect and a dispatcher alone keep watch."""
    seconds = 20.0 if quick else 120.0
    with tempfile.TemporaryDirectory(prefix="bjc-bench-") as folder:
        installation = Installation(Path(folder) / "var")
        with installation.up():
            time.sleep(SETTLE_DOWN)
        with installation.running("prefect", "server", "start") as server:
            installation.wait_for(f"{installation.settings.prefect_api}/health", server)
            with installation.running("dispatcher") as dispatcher:
                time.sleep(SETTLE_DOWN)
                percent = cpu({"dispatcher": dispatcher.pid}, seconds)["dispatcher"]
    print(f"\ndispatcher, idle for {seconds:.0f} s: {percent:.2f} % of a core; the aim is under {AIM:.0f} %")
    return {"seconds": seconds, "CPU %": percent}
