"""The wheel works by itself: installed in an environment and a folder that know nothing of the repository."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import bjc

ROOT = Path(__file__).parent.parent
PACKAGES = ("bjc", "flows", "notifications")
UNWANTED = ("tests/", "var/", ".venv/", "docs/", "bench/", "__pycache__")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, folder: Path) -> str:
    """What the command prints. It sees no setting of ours and none of the tests' import paths."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("BJC_", "PYTHON"))}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target, folder=ROOT)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and with our dependencies through one line in a path file.

    Path files in the folder that the line names are not read, so the editable install stays unseen.
    """
    home = tmp_path_factory.mktemp("stranger")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    pip = ("-m", "pip", "--disable-pip-version-check", "--python", python)
    run(sys.executable, *pip, "install", "--quiet", "--no-index", "--no-deps", wheel, folder=home)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    painted = {
        f"bjc/_data/{file.relative_to(ROOT).as_posix()}"
        for file in (ROOT / "templates").rglob("*")
        if file.is_file()
    }
    assert (ours | painted | {"bjc/_data/prefect.yaml"}) - packed == set()


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel).namelist()
    roots = {name.partition("/")[0] for name in packed}
    assert roots == {*PACKAGES, f"bjc-{bjc.__version__}.dist-info"}
    assert [name for name in packed if any(part in name for part in UNWANTED)] == []


def test_the_installed_command_tells_its_version(installed: Path, empty: Path) -> None:
    assert bjc.__version__ in run(installed / "bin" / "bjc", "--version", folder=empty)


def test_a_command_leaves_nothing_behind_in_the_folder_it_runs_in(installed: Path, empty: Path) -> None:
    run(installed / "bin" / "bjc", "--help", folder=empty)
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("what", ["templates", "prefect_yaml", "alliances"])
def test_the_installed_package_finds_its_own_files_and_not_the_repositorys(
    installed: Path, empty: Path, what: str
) -> None:
    code = f"from bjc import resources; print(resources.{what}())"
    found = Path(run(installed / "bin" / "python", "-c", code, folder=empty))
    assert found.exists()
    assert found.is_relative_to(installed.resolve())
    assert not found.is_relative_to(ROOT)


def test_the_default_alliance_is_among_the_installed_files(installed: Path, empty: Path) -> None:
    code = "from bjc import resources; print(*(f.name for f in resources.alliances().glob('*.yaml')))"
    assert "fire_alliance.yaml" in run(installed / "bin" / "python", "-c", code, folder=empty)


def test_a_checkout_reads_its_files_from_the_repository() -> None:
    from bjc import resources

    assert resources.templates() == ROOT / "templates"
    assert resources.prefect_yaml() == ROOT / "prefect.yaml"
