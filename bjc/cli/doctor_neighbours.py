"""What `bjc doctor` hears from the other parts: the pages, Prefect and its worker, the mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from urllib.parse import urlsplit

import httpx

from bjc.cli.finding import Finding, judged
from bjc.errors import BjcError
from bjc.settings import Settings

SECONDS = 5.0
HERE = ("127.0.0.1", "localhost", "::1")
POOL = "bjc"
UP = "Run: bjc up"


def findings(settings: Settings) -> Iterator[Finding]:
    """Who does not answer is asked nothing more."""
    yield address(settings)
    yield pages(settings)
    server = prefect(settings)
    yield server
    if server.state != "fail":
        yield deployments(settings)
        yield worker(settings)
    yield mail(settings)


def address(settings: Settings) -> Finding:
    """Links in mails begin with it: anywhere but on one's own machine it is https."""
    parts = urlsplit(settings.site)
    if not parts.hostname:
        return judged(
            "Base address", "", f"{settings.site} is no address", "Set BJC_BASE_URL, like https://bjc.example"
        )
    plain = parts.scheme != "https" and parts.hostname not in HERE
    fault = f"{settings.site} is not https, so links and cookies travel in the open" if plain else ""
    fix = "Put a reverse proxy with TLS before it, and set BJC_BASE_URL."
    return judged("Base address", settings.site, fault, fix, grave=settings.mail_live)


def pages(settings: Settings) -> Finding:
    """They answer, and say of themselves that they are ready."""
    try:
        answer = httpx.get(f"{settings.site}/health/ready", timeout=SECONDS)
        faults = [one["what"] for one in answer.json()["faults"]]
    except httpx.HTTPError as error:
        return judged("Pages", "", f"{settings.site} does not answer ({type(error).__name__})", UP)
    except (ValueError, KeyError, TypeError):
        fix = "Set BJC_BASE_URL to this installation's address."
        return judged("Pages", "", f"something else answers at {settings.site}", fix)
    return judged("Pages", f"ready at {settings.site}", " ".join(faults), "See the lines above and below.")


def prefect(settings: Settings) -> Finding:
    """It answers, in the version that is installed here."""
    try:
        answer = httpx.get(f"{settings.prefect_api}/admin/version", timeout=SECONDS)
        theirs = str(answer.raise_for_status().json())
    except (httpx.HTTPError, ValueError) as error:
        return judged("Prefect", "", f"{settings.prefect_api} does not answer ({type(error).__name__})", UP)
    ours = version("prefect")
    fault = "" if theirs == ours else f"the server is {theirs}, here {ours} is installed"
    return judged(
        "Prefect",
        f"{theirs} at {settings.prefect_ui}",
        fault,
        "Install the same release on both.",
        grave=False,
    )


def deployments(settings: Settings) -> Finding:
    """The server has what prefect.yaml says."""
    from flows import prefect_env

    prefect_env.enter(settings)
    from flows import deploy

    try:
        differs = deploy.check()
    except BjcError as error:
        return judged("Deployments", "", error.message, error.remedy)
    return judged("Deployments", "in step with prefect.yaml", " ".join(differs), "Run: bjc deploy")


def worker(settings: Settings) -> Finding:
    """At least one worker has shown itself lately."""
    try:
        answer = httpx.post(
            f"{settings.prefect_api}/work_pools/{POOL}/workers/filter", json={}, timeout=SECONDS
        )
        known = answer.raise_for_status().json()
        alive = [one["name"] for one in known if one.get("status") == "ONLINE"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return judged(
            "Worker", "", f"Prefect does not know the pool {POOL} ({type(error).__name__})", "Run: bjc deploy"
        )
    fault = "" if alive else "none has shown itself for a while"
    return judged("Worker", f"{len(alive)} at work", fault, "Run: bjc up, or bjc engine")


def mail(settings: Settings) -> Finding:
    """The mail server takes our greeting, and our name where it asks for one."""
    if not settings.mail_live:
        said, host, port = "trial: all mail stays with the catcher", settings.host, settings.catcher_port
    elif settings.smtp_host:
        said, host, port = "live", settings.smtp_host, settings.smtp_port
    else:
        return judged("Mail", "", "mail is live, but there is no mail server", "Set BJC_SMTP_HOST.")
    try:
        _greet(settings, host, port)
    except (smtplib.SMTPException, OSError) as error:
        fix = "Check BJC_SMTP_HOST, its port, user and password." if settings.mail_live else UP
        return judged("Mail", "", f"{host}:{port} does not take our greeting ({error})", fix)
    return judged("Mail", f"{said}, {host}:{port} answers")


def _greet(settings: Settings, host: str, port: int) -> None:
    with smtplib.SMTP(host, port, local_hostname="localhost", timeout=SECONDS) as client:
        client.ehlo()
        if settings.mail_live and settings.smtp_starttls:
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
        if settings.mail_live and settings.smtp_user:
            client.login(settings.smtp_user, settings.smtp_password)
        with suppress(smtplib.SMTPException):
            client.noop()
