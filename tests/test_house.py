"""The laws of the house (CONTRIBUTING.md), measured on the code itself."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from statistics import median, quantiles

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PACKAGES = ("bjc", "flows", "notifications")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOTICE_FILES = ("subject.txt", "body.txt", "body.html")
PARTS = {"pydantic-core": "pydantic"}  # released and pinned as one
CLOCKS = {"now", "utcnow", "today", "time"}


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of ours with its syntax tree; migrations are generated, so they are left out."""
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {
        file.relative_to(ROOT): ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
        for file in files
        if "migrations" not in file.parts
    }


def lines(file: Path) -> int:
    return len((ROOT / file).read_text(encoding="utf-8").splitlines())


def functions() -> Iterator[tuple[str, int]]:
    """Each function's place and its length in lines, decorators not counted."""
    for file, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{file}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def business_words(tree: ast.Module) -> set[str]:
    """The words in a module that belong to the lifecycle or to a query; a thread's `Event` is neither."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bjc.rules"):
            found |= {alias.name for alias in node.names} & {"Stage", "Event", "stages", "lifecycle"}
        word = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        found |= {word} & {"Stage", "select"}
    return found


def defines_a_flow(tree: ast.Module) -> bool:
    """True where a function is decorated with Prefect's `@flow`."""
    defs = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    marks = (
        mark.func if isinstance(mark, ast.Call) else mark for node in defs for mark in node.decorator_list
    )
    return any(getattr(mark, "id", getattr(mark, "attr", "")) == "flow" for mark in marks)


def assigns_a_stage(node: ast.AST) -> bool:
    """True for `case.stage = ...`, `setattr(case, "stage", ...)` and `.values(stage=...)`."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "stage" for target in targets)
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    named = any(isinstance(word, ast.Constant) and word.value == "stage" for word in node.args)
    return (called == "setattr" and named) or (
        called == "values" and any(keyword.arg == "stage" for keyword in node.keywords)
    )


def reads_a_clock(node: ast.AST) -> bool:
    """True for `datetime.now(...)`, `date.today()`, `time.time()` and their kin."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    owner_name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return node.func.attr in CLOCKS and owner_name in {"datetime", "date", "time"}


def imports(tree: ast.Module) -> Iterator[str]:
    """The top-level names a module imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def third_party() -> dict[str, set[str]]:
    """Each distribution our code imports, and the modules that do."""
    owners = packages_distributions()
    used: dict[str, set[str]] = {}
    for file, tree in modules().items():
        for name in set(imports(tree)) - set(sys.stdlib_module_names) - set(PACKAGES):
            owner = owners.get(name, [name])[0].lower().replace("_", "-")
            used.setdefault(PARTS.get(owner, owner), set()).add(str(file))
    return used


def test_a_stage_is_assigned_in_one_file_only() -> None:
    writers = {str(file) for file, tree in modules().items() if any(map(assigns_a_stage, ast.walk(tree)))}
    assert writers == {"bjc/actions/moves.py"}


def test_nothing_but_the_clock_module_reads_a_clock() -> None:
    readers = {str(file) for file, tree in modules().items() if any(map(reads_a_clock, ast.walk(tree)))}
    assert readers <= {"bjc/clock.py"}


def test_flows_name_no_stage_no_event_and_no_query() -> None:
    guilty = {
        str(file): words
        for file, tree in modules().items()
        if file.parts[0] == "flows" and (words := business_words(tree))
    }
    assert guilty == {}


def test_a_file_that_defines_a_flow_stays_thin() -> None:
    flows = [file for file, tree in modules().items() if defines_a_flow(tree)]
    assert flows
    assert {file.parts[0] for file in flows} == {"flows"}
    assert {str(file): lines(file) for file in flows if lines(file) >= 60} == {}


def test_files_stay_small() -> None:
    sizes = {str(file): count for file in modules() if (count := lines(file))}
    assert {file: count for file, count in sizes.items() if count > 250} == {}
    assert median(sizes.values()) <= 90  # aimed at: 80


def test_functions_stay_small() -> None:
    sizes = dict(functions())
    longest = sorted(sizes, key=lambda place: -sizes[place])[:10]
    assert median(sizes.values()) <= 10
    assert quantiles(sizes.values(), n=10)[-1] <= 30, [(place, sizes[place]) for place in longest]


def test_code_is_at_most_two_folders_deep() -> None:
    assert [str(file) for file in modules() if len(file.parts) > 4] == []


def test_every_part_of_bjc_has_its_floor_in_the_import_contract() -> None:
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    floors = {part.strip(" ()") for layer in contract["layers"] for part in layer.split("|")}
    parts = {f"bjc.{file.parts[1].removesuffix('.py')}" for file in modules() if file.parts[0] == "bjc"}
    assert parts - floors == {"bjc.__init__"}


def test_every_notice_has_its_folder_of_three_templates_and_no_folder_is_left_over() -> None:
    from bjc.rules.notices import Notice

    wanted = {f"{notice.value}/{part}" for notice in Notice for part in NOTICE_FILES}
    emails = ROOT / "templates" / "emails"
    found = {str(file.relative_to(emails)) for file in emails.rglob("*") if file.is_file()}
    assert {name for name in found if not name.startswith("_base/")} == wanted


def test_the_readme_shows_the_lifecycle_as_the_table_has_it() -> None:
    from bjc.rules import lifecycle

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table, diagram = lifecycle.markdown(), f"```mermaid\n{lifecycle.mermaid()}\n```"
    for name, shown in (("lifecycle", table), ("diagram", diagram)):
        kept = readme.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
        assert kept.strip() == shown, f"Copy in what `bjc lifecycle` prints between the {name} markers."


def declared() -> set[str]:
    """The distributions that pyproject.toml asks for at run time."""
    return {Requirement(line).name.lower() for line in PROJECT["project"]["dependencies"]}


# Used without an import of ours: by address, by another package, or as data.
USED_UNSEEN = {
    "email-validator": "Pydantic's EmailStr",
    "govuk-frontend-jinja": "loaded by name (bjc/web/render.py)",
    "psycopg": "named in the database address",
    "python-multipart": "FastAPI's forms",
    "tzdata": "zoneinfo, where the system has no time zones",
}


def test_every_package_that_is_imported_is_declared() -> None:
    assert {name: files for name, files in third_party().items() if name not in declared()} == {}


def test_every_declared_package_is_used() -> None:
    assert declared() - set(third_party()) - set(USED_UNSEEN) == set()
