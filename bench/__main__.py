"""`python -m bench [--json] [--quick] [NAME ...]`: takes the measurements and prints ours beside the baselines."""

import argparse
import json
import os
import platform
import sys
from contextlib import redirect_stdout
from importlib import import_module
from importlib.metadata import version
from io import StringIO

from bench.figures import Report

NAMES = ("lifecycle", "vote", "mail", "dispatcher", "stack")


def main() -> None:
    """Take the measurements that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: to see that it works")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    with redirect_stdout(StringIO() if given.json else sys.stdout):
        report = {name: _measure(name, given.quick) for name in given.names or NAMES}
    if given.json:
        print(json.dumps({"machine": machine(), "quick": given.quick, **report}, indent=2))


def _measure(name: str, quick: bool) -> Report:
    module = import_module(f"bench.{name}")
    found: Report = module.measure(quick)
    return found


def machine() -> Report:
    """What the figures were taken on. They mean nothing beside another machine's."""
    packages = ("bjc", "sqlalchemy", "psycopg", "prefect")
    return {
        "cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system(),
        "load": os.getloadavg()[0], **{name: version(name) for name in packages},
    }  # fmt: skip


if __name__ == "__main__":
    main()
