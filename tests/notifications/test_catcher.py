"""The catcher: what its pages and its JSON show, what they refuse, and how it starts."""

from email.message import EmailMessage

import httpx
import pytest

from bjc.errors import BjcError
from bjc.rules.notices import Notice
from bjc.settings import Settings
from notifications import samples
from notifications.catcher import Catcher
from notifications.mailbox import Mailbox
from notifications.render import render
from notifications.smtp import Smtp


@pytest.fixture
def pages(catcher: Catcher) -> httpx.Client:
    with httpx.Client(base_url=f"http://127.0.0.1:{catcher.pages_port}") as client:
        yield client


@pytest.fixture
def two_mails(smtp: Smtp, settings: Settings) -> None:
    for notice in (Notice.DECISION_REQUEST, Notice.SUBMISSION_RECEIVED):
        mail = render(samples.letter(notice), samples.address(notice, settings.site), settings, samples.WHEN)
        smtp.send(mail.message)


def test_the_json_tells_all_of_a_message_newest_first(pages: httpx.Client, two_mails: None) -> None:
    received, request = pages.get("/messages.json").json()
    assert received["subject"].startswith("Case received")
    assert set(request) == {
        "id", "to", "from", "subject", "date", "text", "html", "links", "headers", "message_id",
    }  # fmt: skip
    assert request["to"] == ["officer.b2@hwfrs.example"]
    assert request["from"] == "programme.office@alliance.example"
    assert request["links"] == [
        samples.address(Notice.DECISION_REQUEST, "https://cases.alliance.example").url
    ]
    assert request["message_id"] == "<outbox-17.sample@alliance.example>"
    assert request["headers"]["X-BJC-Case"] == "BJC-2026-014"
    assert request["text"].startswith("Your decision is needed by Fri 11 Dec\n")
    assert "<h1" in request["html"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"to": "OFFICER.B2"}, 1), ({"subject": "decision"}, 1), ({"to": "officer"}, 2), ({"to": "nobody"}, 0),
     ({"to": "officer.b2", "subject": "received"}, 0)],
)  # fmt: skip
def test_messages_are_found_by_recipient_and_subject(
    pages: httpx.Client, two_mails: None, asked: dict[str, str], found: int
) -> None:
    assert len(pages.get("/messages.json", params=asked).json()) == found


def test_the_list_shows_who_and_what_and_finds_by_recipient(pages: httpx.Client, two_mails: None) -> None:
    assert "2 messages" in pages.get("/").text
    found = pages.get("/", params={"to": "b2"}).text
    assert "Decision needed by" in found
    assert "Case received" not in found


@pytest.mark.parametrize("show", ["html", "phone", "text", "source"])
def test_a_message_has_four_views(pages: httpx.Client, two_mails: None, show: str) -> None:
    number = pages.get("/messages.json").json()[-1]["id"]
    page = pages.get(f"/messages/{number}", params={"show": show})
    assert page.status_code == 200
    assert "Decision needed by Fri 11 Dec" in page.text


def test_a_mail_is_shown_without_scripts_and_its_links_open_the_whole_window(
    pages: httpx.Client, two_mails: None
) -> None:
    number = pages.get("/messages.json").json()[0]["id"]
    body = pages.get(f"/messages/{number}/html")
    rules = body.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "sandbox " in rules
    assert "allow-scripts" not in rules
    assert '<base target="_top">' in body.text


def test_what_somebody_wrote_is_escaped_in_the_pages_own_markup(pages: httpx.Client, smtp: Smtp) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "a@alliance.example", "<b@alliance.example>"
    message["Subject"] = "<script>alert(1)</script>"
    message.set_content("<b>plain</b>")
    smtp.send(message)
    number = pages.get("/messages.json").json()[0]["id"]
    for address in (
        "/",
        f"/messages/{number}",
        f"/messages/{number}?show=text",
        f"/messages/{number}?show=source",
    ):
        page = pages.get(address)
        assert "<script>alert" not in page.text
        assert "<b>plain" not in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]


def test_the_inbox_can_be_emptied(pages: httpx.Client, two_mails: None) -> None:
    assert pages.post("/empty", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert len(pages.get("/messages.json").json()) == 2
    assert pages.delete("/messages").status_code == 204
    assert pages.get("/messages.json").json() == []
    assert "Nothing has been sent yet" in pages.get("/").text


def test_another_web_site_cannot_read_it_under_its_own_name(pages: httpx.Client) -> None:
    assert pages.get("/messages.json", headers={"host": "evil.example"}).status_code == 400


def test_what_is_no_longer_kept_is_not_found(pages: httpx.Client) -> None:
    assert pages.get("/messages/999999").status_code == 404
    assert pages.get("/static/secret.key").status_code == 404


def test_the_gallery_shows_every_kind(pages: httpx.Client) -> None:
    index = pages.get("/gallery").text
    for notice in Notice:
        assert f"/gallery/{notice.value}" in index
    assert pages.get("/gallery/decision_request/html").status_code == 200
    assert "Decision needed" in pages.get("/gallery/decision_request?show=text").text


def test_it_keeps_only_the_newest() -> None:
    box = Mailbox(most=3)
    for number in range(5):
        box.put(samples.WHEN, "a@alliance.example", (f"b{number}@alliance.example",), b"Subject: x\r\n\r\nx")
    assert [caught.to[0][1] for caught in box.all()] == ["4", "3", "2"]
    assert [caught.id for caught in box.all()] == [5, 4, 3]
    assert box.newest == 5


def test_a_taken_port_is_named_with_the_setting_that_moves_it(settings: Settings, catcher: Catcher) -> None:
    with pytest.raises(BjcError) as taken:
        Catcher(settings, smtp_port=catcher.smtp_port, pages_port=0)
    assert "\n" not in str(taken.value)
    assert f"127.0.0.1:{catcher.smtp_port}" in str(taken.value)
    assert "BJC_CATCHER_PORT" in str(taken.value)
    with pytest.raises(BjcError, match="BJC_CATCHER_PAGES_PORT"):
        Catcher(settings, smtp_port=0, pages_port=catcher.pages_port)


def test_a_message_without_html_or_with_broken_bytes_is_still_shown(
    pages: httpx.Client, catcher: Catcher
) -> None:
    catcher.mailbox.put(samples.WHEN, "", ("b@alliance.example",), b"\xff\xfe not a mail at all \x00")
    number = pages.get("/messages.json").json()[0]["id"]
    for show in ("html", "text", "source"):
        assert pages.get(f"/messages/{number}?show={show}").status_code == 200
