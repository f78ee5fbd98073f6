"""`stack`: everything as `bjc up` starts it: seconds to start, memory, and from a click to the mail it causes."""

import tempfile
import time
from pathlib import Path
from statistics import median

from bench.figures import Report, table
from bench.installation import Installation
from bench.processes import cpu, memory
from bench.timed_play import APPOINTMENTS, SCOPE, SIGN_IN, TimedPlay

AIMS = {SIGN_IN: 3.0, SCOPE: 5.0, APPOINTMENTS: 5.0}
SECOND_START = 25.0
SETTLE_DOWN = 10.0


def measure(quick: bool) -> Report:
    """Start, play cases one after the other, look at the idle stack, stop, start again."""
    plays, idle = (1, 15.0) if quick else (7, 60.0)
    seconds: dict[str, list[float]] = {what: [] for what in AIMS}
    with tempfile.TemporaryDirectory(prefix="bjc-bench-") as folder:
        installation = Installation(Path(folder) / "var")
        with installation.up() as first:
            for _ in range(plays):
                play = TimedPlay(first.settings)
                play.to_delegated()
                for what, times in play.seconds.items():
                    seconds[what] += times
            time.sleep(SETTLE_DOWN)
            used, idles = memory(first.parts), cpu(first.parts, idle)
        with installation.up() as second:
            pass
    report: Report = {
        "plays": plays, "first start s": first.seconds, "second start s": second.seconds,
        "seconds to mail": seconds, "memory": used, "idle CPU %": idles,
    }  # fmt: skip
    _show(report, seconds, used, idles)
    return report


def _show(
    report: Report,
    seconds: dict[str, list[float]],
    used: dict[str, dict[str, float]],
    idles: dict[str, float],
) -> None:
    print(f"\nstack: {report['plays']} cases played through pages, mails and flows")
    rows = [(what, median(times), max(times), len(times), AIMS[what]) for what, times in seconds.items()]
    print(table(("seconds to the mail after", "median", "most", "n", "aim"), rows))
    first, second = report["first start s"], report["second start s"]
    print(f"first start {first:.1f} s, second start {second:.1f} s (aim {SECOND_START:.0f})")
    parts = [(name, *used[name].values(), idles[name]) for name in used]
    total = [sum(column) for column in zip(*(row[1:] for row in parts), strict=True)]
    print(table(("part", "RSS MB", "PSS MB", "idle CPU %"), [*parts, ("total", *total)]))
