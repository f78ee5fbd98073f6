"""What surrounds the code: locks, settings and papers say the same thing, and nothing names a machine."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bjc.settings import Settings

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Written in two halves, so that this file does not find itself.
REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org")
OPTIONS = ("index" + "-url", "find" + "-links http", "trusted" + "-host")
FOLDERS = ("/work" + "/main", "/work" + "/shared", "/root" + "/", "/opt" + "/wheels", "/opt" + "/pypi")


def requirements(*extras: str) -> list[Requirement]:
    optional = PROJECT["optional-dependencies"]
    lines = PROJECT["dependencies"] + [line for extra in extras for line in optional[extra]]
    return [Requirement(line) for line in lines]


def pins(lock: str) -> dict[str, str]:
    """What a lock file pins: package -> version."""
    text = (ROOT / lock).read_text()
    found = re.findall(r"^([\w.-]+)==([\w.+!]+)", text, re.M)
    return {canonicalize_name(name): version for name, version in found}


def tracked() -> list[Path]:
    """The files that git keeps; empty where this is no checkout."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine() -> None:
    guilty = {}
    for file in tracked():
        text = file.read_bytes().decode("utf-8", errors="replace")
        if found := [needle for needle in REGISTRIES + FOLDERS if needle in text]:
            guilty[str(file.relative_to(ROOT))] = found
    assert guilty == {}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_only_pinned_and_hashed_packages(lock: str) -> None:
    text = (ROOT / lock).read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    heads = [line for line in lines if not line.startswith("    --hash=sha256:")]
    assert [line for line in heads if not re.match(r"[\w.-]+==[\w.+!]+( ; [^\\]+)? \\$", line)] == []
    assert [needle for needle in (*REGISTRIES, *OPTIONS, "://", "file:") if needle in text] == []


def test_the_locks_satisfy_what_pyproject_asks_for() -> None:
    for lock, wanted in (
        ("requirements.lock", requirements("build")),
        ("requirements-dev.lock", requirements("build", "dev")),
    ):
        pinned = pins(lock)
        versions = {str(w): pinned.get(canonicalize_name(w.name), "0") for w in wanted}
        stale = [str(w) for w in wanted if not w.specifier.contains(versions[str(w)])]
        assert stale == [], f"{lock} is stale: run `make lock`."


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_every_dependency_has_its_reason_written_down() -> None:
    paper = (ROOT / "docs" / "dependencies.md").read_text()
    reasons = set(re.findall(r"`([\w-]+)(?:\[\w+\])?`", paper))
    assert {w.name for w in requirements("build", "dev")} - reasons == set()


def test_the_example_environment_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?BJC_([A-Z_]+)=", text, re.M))
    assert named == {field.upper() for field in Settings.model_fields}
