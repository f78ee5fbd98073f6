"""`vote`: the statements and the time of one vote in process, ours beside the baselines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

from bench.databases import KINDS, Databases, databases
from bench.figures import Report, Watch, in_ms, table
from bench.lifecycle import PROGRAMS
from bench.road import WARM_UP, walk

COLUMNS = ("statements", "p50 ms", "p99 ms", "p99 / p50")


@dataclass
class Counting(Watch):
    """Also counts the statements of each piece of work; BEGIN and COMMIT are not statements."""

    statements: dict[str, list[int]] = field(default_factory=dict)
    seen: int = 0

    @contextmanager
    def timing(self, kind: str) -> Iterator[None]:
        """As a watch does, and the statements beside it."""
        before = self.seen
        with super().timing(kind):
            yield
        self.statements.setdefault(kind, []).append(self.seen - before)

    def listen(self, engine: Engine) -> None:
        """Count what this engine is asked."""
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.seen += not statement.startswith("BEGIN")


def measure(quick: bool) -> Report:
    """Votes of a few whole cases. The last of eight also starts the grace, so the median speaks of the others."""
    report: Report = {}
    with databases() as made:
        for kind in KINDS:
            report[kind] = found = {name: _votes(made, kind, name, 5 if quick else 25) for name in PROGRAMS}
            print(f"\nvote on {kind}")
            print(table(("", *COLUMNS), [(name, *figures.values()) for name, figures in found.items()]))
    return report


def _votes(made: Databases, kind: str, name: str, cases: int) -> dict[str, float]:
    with made.fresh(kind) as database:
        program, watch = PROGRAMS[name](database), Counting()
        for number in range(WARM_UP):
            walk(program, Watch(), f"Warm-up {number}")
        watch.listen(database.engine)
        for number in range(cases):
            walk(program, watch, f"Joint service desk {number}")
        times, p50 = watch.times["vote"], in_ms(watch.times["vote"], 0.5)
        counted = sorted(watch.statements["vote"])[len(times) // 2]
        return dict(zip(COLUMNS, (counted, p50, in_ms(times, 0.99), in_ms(times, 0.99) / p50), strict=True))
