"""What an installation sets, from the environment (`BJC_...`) or a `.env` file beside the process.

Governance numbers are not here: they are policy, in the alliance's data file.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bjc.errors import BjcError


class Settings(BaseSettings):
    """One installation. Addresses are whole URLs without a trailing slash; sizes are bytes."""

    model_config = SettingsConfigDict(env_prefix="BJC_", env_file=".env", extra="ignore")

    home: Path = Path("var")
    database_url: str = ""
    host: str = "127.0.0.1"
    web_port: int = 8000
    base_url: str = ""
    prefect_port: int = 4200
    prefect_api_url: str = ""
    worker_limit: int = Field(2, ge=1)

    mail_live: bool = False
    mail_from: str = "Programme office <programme.office@alliance.example>"
    mail_domain: str = "alliance.example"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = True
    catcher_port: int = 8025
    catcher_pages_port: int = 8026

    max_body: int = 1_048_576
    links_per_minute: int = 60
    session_hours: int = 12

    @property
    def db_url(self) -> str:
        """The database; SQLite under `home` unless an address is set."""
        return self.database_url or f"sqlite:///{(self.home / 'bjc.sqlite3').resolve()}"

    @property
    def site(self) -> str:
        """The address that links in mails begin with. Never taken from a request."""
        return (self.base_url or f"http://{self.host}:{self.web_port}").rstrip("/")

    @property
    def prefect_api(self) -> str:
        """Where Prefect's API is answered."""
        return self.prefect_api_url or f"http://{self.host}:{self.prefect_port}/api"

    @property
    def prefect_ui(self) -> str:
        """Where an operator opens Prefect."""
        return self.prefect_api.removesuffix("/api")

    @property
    def secure(self) -> bool:
        """True where cookies must be `Secure`: wherever the site is served over https."""
        return self.site.startswith("https://")

    def secret_key(self) -> bytes:
        """The installation's signing key: 32 bytes kept in `home`, made once, readable by its owner only."""
        path = self.home / "secret.key"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(handle, secrets.token_bytes(32))
            os.close(handle)
        return path.read_bytes()


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once. Raises BjcError that names each one that cannot be taken."""
    try:
        return Settings()
    except ValidationError as wrong:
        faults = [f"BJC_{str(e['loc'][0]).upper()}={e['input']!r}: {e['msg']}" for e in wrong.errors()]
        raise BjcError(f"A setting cannot be taken. {'; '.join(faults)}.", "See .env.example.") from None
