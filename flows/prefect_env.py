"""The environment that Prefect's server, worker and client share.

It keeps everything under our own folder, so that the user's `~/.prefect` is never touched, and it must be in
place before the first `import prefect`, which reads it.
"""

import os
from collections.abc import MutableMapping

from bjc.settings import Settings

# An operator may set these otherwise; a database or broker of one's own is set the same way.
DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # It reads every waiting run each five seconds, for pause time-outs that we do not use.
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_CLIENT_MAX_RETRIES": "4",  # each waits twice as long: more would leave a worker asleep for long
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_CLI_COLORS": "false",
}


def prefect_environment(settings: Settings) -> dict[str, str]:
    """The variables for a Prefect process of this installation: what ours must be, and our defaults."""
    home = settings.home.resolve() / "prefect"
    fixed = {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_PROFILE": "local",  # a name from the user's own shell would not be known here
        "PREFECT_API_URL": settings.prefect_api,
        "PREFECT_UI_URL": settings.prefect_ui,
        "PREFECT_SERVER_API_HOST": settings.host,
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
    }
    return {**{name: os.environ.get(name, value) for name, value in DEFAULTS.items()}, **fixed}


def own_environment(settings: Settings) -> dict[str, str]:
    """Our settings for a child process that starts in another folder: what was set, with absolute paths."""
    told = settings.model_dump(mode="json", include=settings.model_fields_set)
    given = {f"BJC_{name.upper()}": str(value) for name, value in told.items()}
    return {**given, "BJC_HOME": str(settings.home.resolve())}


def enter(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> None:
    """Put this process into the environment. Call it before Prefect is imported."""
    (settings.home / "prefect").mkdir(parents=True, exist_ok=True)
    environ.update(own_environment(settings))
    environ.update(prefect_environment(settings))
