"""Does the lock install, and the command start, on each Python that this machine has?

Run by `make drills`: it downloads every package once for each Python.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOUND = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))"


def works(python: str) -> bool:
    found = shutil.which(python)
    return found is not None and subprocess.run([found, "-c", SOUND], capture_output=True).returncode == 0


def ok(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("python", ["python3.11", "python3.12", "python3.13", "python3.14", "python3"])
def test_a_stranger_with_only_pip_installs_the_lock_and_starts_bjc(python: str, tmp_path: Path) -> None:
    if not works(python):
        pytest.skip(f"no working {python} on this machine")
    ok(python, "-m", "venv", "home", folder=tmp_path)
    bin_ = tmp_path / "home" / "bin"
    install = (
        bin_ / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-input",
    )
    ok(*install, "--require-hashes", "-r", ROOT / "requirements.lock", folder=tmp_path)
    ok(*install, "--no-deps", "--no-build-isolation", ROOT, folder=tmp_path)
    ok(bin_ / "python", "-m", "pip", "check", folder=tmp_path)
    assert ok(bin_ / "bjc", "--version", folder=tmp_path).strip()
