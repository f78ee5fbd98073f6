"""A catcher on free ports, settings that no environment touches, and a clock that tests move."""

from collections.abc import Iterator

import pytest

from bjc.db.session import Database
from bjc.settings import Settings
from notifications.catcher import Catcher
from notifications.mailbox import Mailbox
from notifications.postman import Postman
from notifications.smtp import Smtp
from tests.notifications.scenes import Clock


@pytest.fixture(scope="session")
def settings() -> Settings:
    """An installation in trial, whose site has an address of its own."""
    return Settings(_env_file=None, base_url="https://cases.alliance.example")


@pytest.fixture(scope="session")
def one_catcher(settings: Settings) -> Iterator[Catcher]:
    with Catcher(settings, smtp_port=0, pages_port=0) as catcher:
        yield catcher


@pytest.fixture
def catcher(one_catcher: Catcher) -> Catcher:
    """A running catcher with an empty inbox."""
    one_catcher.mailbox.empty()
    return one_catcher


@pytest.fixture
def mailbox(catcher: Catcher) -> Mailbox:
    """What the catcher has caught in this test."""
    return catcher.mailbox


@pytest.fixture
def smtp(catcher: Catcher) -> Iterator[Smtp]:
    """A real SMTP connection to the catcher."""
    transport = Smtp("127.0.0.1", catcher.smtp_port)
    yield transport
    transport.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until a test moves it."""
    return Clock()


@pytest.fixture
def postman(database: Database, settings: Settings, smtp: Smtp, clock: Clock) -> Postman:
    """A postman of this database who sends to the catcher."""
    return Postman(database, settings, smtp, clock)
