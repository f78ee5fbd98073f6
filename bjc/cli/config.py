"""`bjc config`: the settings that this installation really has."""

from typing import Any

import typer

from bjc.cli.installed import Json, show

app = typer.Typer(help="Show the settings in force.", no_args_is_help=True)
SECRETS = ("smtp_password",)
MASK = "********"


@app.callback()
def config() -> None:
    """Show the settings in force."""


@app.command("show")
def show_config(as_json: Json = False) -> None:
    """Show every setting with its value in force, and what follows from it. Secrets are masked.

    Example: bjc config show
    """
    from bjc.settings import get_settings

    settings = get_settings()
    values: dict[str, Any] = {
        f"BJC_{name.upper()}": _masked(name, value)
        for name, value in settings.model_dump(mode="json").items()
    }
    follows = {
        "database": _without_password(settings.db_url), "site": settings.site, "prefect": settings.prefect_api,
        "cookies are Secure": settings.secure,
    }  # fmt: skip
    chosen = {f"BJC_{name.upper()}" for name in settings.model_fields_set}
    width = max(map(len, values))
    lines = [f"{n:<{width}}  {v}{'  (set)' if n in chosen else ''}" for n, v in values.items()]
    lines += ["", *(f"{name}: {value}" for name, value in follows.items())]
    show({"settings": values, "follows": follows}, lines, as_json)


def _masked(name: str, value: Any) -> Any:
    if name in SECRETS and value:
        return MASK
    return _without_password(value) if name.endswith("_url") and value else value


def _without_password(address: str) -> str:
    from urllib.parse import urlsplit

    password = urlsplit(address).password
    return address.replace(f":{password}@", f":{MASK}@", 1) if password else address
