"""`bjc up` refuses in one line what it cannot do, before it starts anything."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bjc.cli.journal import Journal
from bjc.cli.parts import parts
from bjc.cli.ready_to_start import check_folder, check_ports
from bjc.errors import Unavailable
from bjc.settings import Settings


def test_a_taken_port_is_named_with_the_setting_that_moves_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(home=tmp_path, web_port=taken.getsockname()[1])
        with pytest.raises(Unavailable, match=r"Port \d+ of 127\.0\.0\.1 is in use, .* BJC_WEB_PORT"):
            check_ports(settings, [part for part in parts(settings) if part.name == "web"])


def test_a_second_start_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with check_folder(settings), pytest.raises(Unavailable, match="already running"):
        check_folder(settings)
    check_folder(settings).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"cannot be written: .* BJC_HOME"):
        check_folder(Settings(home=tmp_path / "file" / "home"))


def test_what_fails_is_one_line_and_an_exit_code(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = {**os.environ, "BJC_HOME": str(tmp_path / "file" / "home")}
    command = [sys.executable, "-m", "bjc.cli", "up"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert re.fullmatch(r"The folder .* cannot be written: .*\n", done.stderr)
    assert done.stdout == ""


def test_mail_that_is_live_needs_no_catcher_and_a_prefect_elsewhere_no_server(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, mail_live=True, prefect_api_url="http://prefect.example/api")
    assert [part.name for part in parts(settings)] == ["engine", "web"]


def test_the_console_shows_what_is_worth_a_look_and_the_log_has_every_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    journal = Journal(tmp_path, Console(), ["web"], verbose=False)
    journal.say("web", "12:00:00 | INFO    | bjc - all is well")
    journal.say("web", "12:00:01 | WARNING | bjc - not quite [so] well")
    assert capsys.readouterr().out == "web     12:00:01 | WARNING | bjc - not quite [so] well\n"
    assert (tmp_path / "web.log").read_text().count("\n") == 2
