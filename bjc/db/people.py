"""Who there is: services, bodies, posts, persons, and who holds which post from when to when."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc.db.columns import Instant, Table, document, instant, key, refers, short


class Alliance(Table):
    """The one alliance of this installation. `instance` names this database to Prefect and in Message-IDs."""

    __tablename__ = "alliance"
    id: Mapped[key]
    instance: Mapped[short]
    name: Mapped[short]
    source: Mapped[document] = mapped_column(deferred=True)  # large, and every mail reads this row
    source_hash: Mapped[short]


class PolicyVersion(Table):
    """One version of the governance numbers, as the alliance's data file gave it."""

    __tablename__ = "policy_version"
    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    effective_from: Mapped[date] = mapped_column(Date)
    body: Mapped[document]


class Service(Table):
    """A partner organisation; each keeps its own money and its own identity."""

    __tablename__ = "service"
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[short]
    short_name: Mapped[short]
    authority: Mapped[short]


class Body(Table):
    """A board of the alliance. `role` is oversees, decides or delivers (a kind of working group)."""

    __tablename__ = "body"
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[short]
    short_name: Mapped[short]
    role: Mapped[str] = mapped_column(String(20))
    decides_in_writing: Mapped[bool] = mapped_column(Boolean, default=False)


class Post(Table):
    """A seat, whoever holds it. `kind` is chief, deputy, assistant, finance, office, clerk, officer ..."""

    __tablename__ = "post"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    title: Mapped[short]
    kind: Mapped[str] = mapped_column(String(40), index=True)
    body: Mapped[str | None] = mapped_column(ForeignKey("body.key"), index=True)
    service: Mapped[str | None] = mapped_column(ForeignKey("service.key"), index=True)


class Person(Table):
    """A human being with one address, kept case-folded so that nobody is two people."""

    __tablename__ = "person"
    id: Mapped[key]
    name: Mapped[short]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    service: Mapped[str | None] = mapped_column(ForeignKey("service.key"))
    left_on: Mapped[date | None] = mapped_column(Date)


class Holding(Table):
    """A person holds a post from a day to a day (both included; open when `until` is empty)."""

    __tablename__ = "holding"
    __table_args__ = (UniqueConstraint("post", "person_id", "since"),)
    id: Mapped[key]
    post: Mapped[str] = mapped_column(ForeignKey("post.key"), index=True)
    person_id: Mapped[int] = refers("person.id")
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class SignIn(Table):
    """One request to sign in. `browser_hash` ties the link to the browser that asked; the code is the other way.

    `code_hash` and `valid_until` are set when the mail is rendered: the ten minutes begin then.
    """

    __tablename__ = "sign_in"
    id: Mapped[key]
    person_id: Mapped[int] = refers("person.id")
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    valid_until: Mapped[datetime | None] = mapped_column(Instant)
    code_tries: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[instant]
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Visit(Table):
    """A signed-in session. The cookie's secret is kept only as a hash; ending it is a write here."""

    __tablename__ = "visit"
    id: Mapped[key]
    person_id: Mapped[int] = refers("person.id")
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[instant]
    ends_at: Mapped[instant]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
