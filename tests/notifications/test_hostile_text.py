"""Hostile text in every column that people fill, judged on the bytes that a real SMTP server received."""

import re
import unicodedata
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser
from html.parser import HTMLParser

import pytest
from sqlalchemy import String, Text, update

from bjc.db.cases import Case, CaseVersion, Question
from bjc.db.decisions import Advice, Assignment, Condition, Decision, Resolution
from bjc.db.delivery import Appointment, Delegation, Group
from bjc.db.people import Alliance, Body, Person, Post, Service
from bjc.db.session import Database
from notifications.mailbox import Caught, Mailbox
from notifications.postman import Postman
from tests.notifications.scenes import Clock, clear, delegated_case, mail_rows, queue_every_kind

HOSTILE = {
    "a header": "Telematics\r\nBcc: everyone@evil.example\r\n\r\nHello",
    "a bare line feed": "Telematics\nX-Injected: yes",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a template": "{{ 7 * 7 }}{% for x in y %}${7*7}",
    "an encoded word": "=?utf-8?q?=0aBcc:_x=40evil.example?= a =?utf-8?b?WA==?=",
    "bidi": "Fleet \u202egnp.exe\u202c\u2066x\u2069\u200f\u061c",
    "zero width": "Fl\u200bee\u200dt\ufeff t\u2060el\u00ade\U000e0041matics",
    "a domain": "Pay at evil.example or www.evil.example, https://evil.example/login, a@evil.example",
    "other dots": "evil。example evil．example evil｡example",
    "length": "w " * 3 + "long" * 2_500,
    "emoji": "🚒 Fleet 👩‍🚒 telematics",
    "controls": "a\x07b\x1b[31mc\x7fd\x9be",
    "an end of message": "Hello\r\n.\r\nMAIL FROM:<x@evil.example>",
    "mail syntax": 'A "quoted" <b@evil.example>, (c) ; \\ name',
    "markdown": "[click](https://evil.example) **now**",
}
# What people fill in, by table. Keys and references are not theirs to choose.
TYPED = {
    Case: ("title",),
    Person: ("name",),
    Post: ("title",),
    Service: ("name", "short_name", "authority"),
    Body: ("name",),
    Alliance: ("name",),
    Group: ("name",),
    Question: ("text",),
    Assignment: ("reason", "conditions"),
    Advice: ("text",),
    Condition: ("text",),
    Resolution: ("minute", "text"),
    Appointment: ("reason",),
    Delegation: ("reserved",),
    Decision: ("void_reason",),
}
FORBIDDEN = {"Cc", "Cf", "Cs", "Co"}
ALLOWED = {"\n", "\u200b"}  # our own: line ends, and the break behind a dot


@pytest.fixture(params=HOSTILE, ids=lambda name: name.replace(" ", "-"))
def caught(
    request: pytest.FixtureRequest, sqlite: Database, settings, smtp, mailbox: Mailbox, clock: Clock
) -> list[Caught]:
    """One mail of every kind with this text wherever a person types."""
    text = HOSTILE[request.param]
    with sqlite.writing() as db:
        case = delegated_case(db)
        queue_every_kind(db, case)
        db.flush()
        for table, columns in TYPED.items():
            for column in columns:
                kind = table.__table__.c[column].type
                room = kind.length if isinstance(kind, String) and not isinstance(kind, Text) else None
                db.execute(update(table).values({column: text[:room]}))
        db.execute(update(Decision).values(working={"lines": [text]}))
        db.execute(update(CaseVersion).values(body={"ask": text, "purpose": text, "funding_source": text}))
    postman = Postman(sqlite, settings, smtp, clock)
    while postman.tick(clock()):
        pass
    with sqlite.reading() as db:
        assert not mail_rows(db, status="parked")
    assert len(mailbox.all()) == 26
    return mailbox.all()


class Shape(HTMLParser):
    """The tags of a page, in order, with where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.words += data


PLAIN_TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "th", "strong", "br",
    "h1", "h2", "p", "a", "ul", "ol", "li",
}  # fmt: skip
HEADERS = [
    "from", "to", "subject", "date", "message-id", "reply-to", "auto-submitted", "x-auto-response-suppress",
    "feedback-id", "references", "x-bjc-case", "mime-version", "content-type",
]  # fmt: skip


def test_no_text_adds_a_header_a_recipient_a_part_or_a_link(caught: list[Caught]) -> None:
    for one in caught:
        check_headers(one)
        check_parts(one)


def check_headers(one: Caught) -> None:
    """By two parsers, and by the raw bytes."""
    names = [name.lower() for name in message_from_bytes(one.raw, policy=policy.compat32)]
    wanted = [name for name in HEADERS if name in names or name not in ("references", "x-bjc-case")]
    assert names == wanted
    assert [name.lower() for name in BytesHeaderParser(policy=policy.default).parsebytes(one.raw)] == wanted
    assert len(one.to) == 1
    assert [address.addr_spec for address in one.message["To"].addresses] == list(one.to)
    head = one.raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 100
    assert max(map(len, one.raw.split(b"\r\n"))) <= 998
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", one.raw) is None
    subject = one.subject
    assert "\n" not in subject
    assert len(subject.replace("\u200b", "")) <= 200
    assert not [c for c in subject if unicodedata.category(c) in FORBIDDEN and c not in ALLOWED]


def check_parts(one: Caught) -> None:
    """Each part alone: only our markup, one link, nothing unseen, nothing that links itself."""
    parts = list(one.message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    shape = Shape(one.html)
    assert shape.tags <= PLAIN_TAGS
    assert shape.handlers == []
    assert len(shape.links) == 1
    link = shape.links[0]
    assert link.startswith("https://cases.alliance.example/")
    for words in (shape.words, one.text):
        unseen = [c for c in words if unicodedata.category(c) in FORBIDDEN and c not in ALLOWED]
        assert unseen == []
        assert "49" not in re.findall(r"\b49\b", words)
        ours = words.replace(link, "").replace("programme.office@alliance.example", "")
        ours = re.sub(r"@media.*", "", ours)
        assert re.findall(r"\w[.。．｡](?=evil|example)|https?://|\w@(?=\w)", ours) == []


def test_a_title_is_cut_at_120_characters_and_every_mail_stays_small(
    sqlite: Database, settings, smtp, mailbox: Mailbox, clock: Clock
) -> None:
    with sqlite.writing() as db:
        case = delegated_case(db)
        case.title = "x" * 200
        queue_every_kind(db, case)
    postman = Postman(sqlite, settings, smtp, clock)
    while postman.tick(clock()):
        pass
    about = [one for one in mailbox.all() if "x" * 60 in one.text]
    assert len(about) == 25
    for one in about:
        assert max(map(len, re.findall("x+", one.text))) == 119
        assert "x" * 69 + "…" in one.subject
        assert len(one.raw) < 102_000, "beyond that, Gmail cuts a mail short"


def test_a_long_installation_name_never_turns_the_thread_into_an_encoded_word(
    sqlite: Database, settings, smtp, mailbox: Mailbox, clock: Clock
) -> None:
    long = settings.model_copy(update={"mail_domain": "business-cases." + "long-" * 8 + "name.example"})
    with sqlite.writing() as db:
        case = delegated_case(db)
        clear(db)
        queue_every_kind(db, case)
    Postman(sqlite, long, smtp, clock).tick(clock())
    for one in mailbox.all():
        assert re.search(
            rb"Message-ID:\s+<outbox-\d+\.[^>\s]+@" + long.mail_domain.encode() + rb">\r\n", one.raw
        )
        if one.message["X-BJC-Case"]:
            assert re.search(rb"References:\s+<bjc-2026-001\.[^>\s]+>\r\n", one.raw)
