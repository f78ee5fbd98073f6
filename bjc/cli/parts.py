"""The parts of an installation on one machine: what starts each, where it answers, how one sees that it is ready."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.request import urlopen

from bjc.settings import Settings


@dataclass(frozen=True)
class Part:
    """`ports` maps a port to the setting that moves it. `patience` is how many seconds it may take to be ready."""

    name: str
    title: str
    command: tuple[str, ...]
    address: str
    ready: Callable[[], bool]
    ports: dict[int, str]
    patience: float = 60.0
    goodbye: float = 10.0


def parts(settings: Settings) -> list[Part]:
    """In the order in which they are started; stopped in `STOPPING`."""
    pages = f"http://{settings.host}:{settings.catcher_pages_port}"
    mail = {
        settings.catcher_port: "BJC_CATCHER_PORT", settings.catcher_pages_port: "BJC_CATCHER_PAGES_PORT",
    }  # fmt: skip
    here = f"http://{settings.host}:{settings.web_port}"
    ready = settings.home / "run" / "engine.ready"
    found = [
        Part("engine", "Engine", _ours("engine"), "", ready.exists, {}, patience=180, goodbye=25),
        Part("web", "Pages", _ours("web"), settings.site, _answers(f"{here}/health/live"),
             {settings.web_port: "BJC_WEB_PORT"}),
    ]  # fmt: skip
    if not settings.mail_live:
        found.append(Part("catcher", "Mail", _ours("catcher"), pages, _answers(f"{pages}/health/live"), mail))
    if not settings.prefect_api_url:
        found.insert(0, _prefect(settings))
    return found


STOPPING = ("web", "engine", "catcher", "prefect")


def _prefect(settings: Settings) -> Part:
    return Part(
        "prefect", "Prefect", _ours("prefect", "server", "start"), settings.prefect_ui,
        _answers(f"{settings.prefect_api}/health"), {settings.prefect_port: "BJC_PREFECT_PORT"}, patience=180,
    )  # fmt: skip


def _ours(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "bjc.cli", *words)


def _answers(url: str) -> Callable[[], bool]:
    def asked() -> bool:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310 - an address of our own
                return bool(answer.status == 200)
        except HTTPError as error:
            return error.code < 500  # it answers; whether it is in order is for `bjc doctor` to say
        except OSError:
            return False

    return asked
