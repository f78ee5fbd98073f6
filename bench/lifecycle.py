"""`lifecycle`: whole cases in process, ours beside the baselines, on SQLite and on PostgreSQL."""

from collections.abc import Callable

from bench import proof, road
from bench.baselines.core import PlainCore
from bench.baselines.orm import PlainOrm
from bench.databases import KINDS, Databases, bytes_of, databases
from bench.figures import Report, Watch, in_ms, medians, percentile, ratios, table
from bench.ours import Ours
from bench.road import NOT_HUMAN, Program, walk
from bjc.db.session import Database

PROGRAMS: dict[str, Callable[[Database], Program]] = {"ours": Ours, "orm": PlainOrm, "core": PlainCore}
AIMS = {"orm": 0.9, "core": 0.5}
COLUMNS = ("cases/s", "cpu ms", "step p50", "step p99", "vote p50", "vote p99", "mail ms", "KB")


def measure(quick: bool) -> Report:
    """Every program in turn, round after round, each on a fresh database; the sides of a round are compared."""
    rounds, cases = (1, 10) if quick else (7, 15)
    with databases() as made:
        return {kind: _measure_on(made, kind, rounds, cases) for kind in KINDS}


def _measure_on(made: Databases, kind: str, rounds: int, cases: int) -> Report:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in PROGRAMS}
    steps: dict[str, dict[str, float]] = {}
    rows: dict[str, dict[str, float]] = {}
    for number in range(rounds):
        for name in _turned(list(PROGRAMS), number):
            figures, watch, rows[name] = _round(made, kind, name, cases)
            found[name].append(figures)
            steps[name] = {step: in_ms(times, 0.5) for step, times in watch.times.items()}
    assert rows["ours"] == rows["orm"] == rows["core"], f"the programs left different rows: {rows}"
    over = {
        name: {"cases/s": ratios(found, "cases/s")[name], "cpu": ratios(found, "cpu ms")[name]}
        for name in AIMS
    }
    report: Report = {
        "rounds": rounds, "cases": cases, "rows a case": rows["ours"], "ours over": over,
        "figures": {name: medians(figures) for name, figures in found.items()}, "step p50 ms, last round": steps,
    }  # fmt: skip
    _show(kind, report, found)
    return report


def _round(
    made: Databases, kind: str, name: str, cases: int
) -> tuple[dict[str, float], Watch, dict[str, float]]:
    """One program on one fresh database: warm up, walk, and prove that the work was done."""
    with made.fresh(kind) as database:
        program, watch = PROGRAMS[name](database), Watch()
        for number in range(road.WARM_UP):
            walk(program, Watch(), f"Warm-up {number}")
        before, size = proof.count(database), bytes_of(database)
        for number in range(cases):
            walk(program, watch, f"Joint service desk {number}")
        rows = proof.rows_of_one(before, proof.count(database), cases)
        proof.check(database, cases + road.WARM_UP)
        return _figures(watch, cases, bytes_of(database) - size), watch, rows


def _figures(watch: Watch, cases: int, size: int) -> dict[str, float]:
    human, votes = watch.all(NOT_HUMAN), watch.times["vote"]
    return {
        "cases/s": cases / sum(watch.all()), "cpu ms": 1000 * watch.cpu / cases,
        "step p50": in_ms(human, 0.5), "step p99": in_ms(human, 0.99),
        "vote p50": in_ms(votes, 0.5), "vote p99": in_ms(votes, 0.99),
        "mail ms": 1000 * sum(watch.times["mail"]) / cases, "KB": size / cases / 1024,
    }  # fmt: skip


def _turned(names: list[str], number: int) -> list[str]:
    """Each round begins with another program, so that none always meets the warm machine."""
    return names[number % len(names) :] + names[: number % len(names)]


def _show(kind: str, report: Report, found: dict[str, list[dict[str, float]]]) -> None:
    print(f"\nlifecycle on {kind}: {report['cases']} cases a round, {report['rounds']} rounds, medians")
    rows = [(name, *(medians(figures)[column] for column in COLUMNS)) for name, figures in found.items()]
    print(table(("", *COLUMNS), rows))
    for name, aim in AIMS.items():
        speed, cpu = ratios(found, "cases/s")[name], ratios(found, "cpu ms")[name]
        print(
            f"ours / {name}: {percentile(speed, 0.5):.2f} of its cases/s ({min(speed):.2f}-{max(speed):.2f}), "
            f"{percentile(cpu, 0.5):.2f} of its CPU; the aim is {aim} of its cases/s"
        )
