"""Every kind of mail, rendered from sample data: what its subject begins with, and what each part must hold."""

import re
from dataclasses import replace

import pytest

from bjc.rules.notices import SENDINGS, Notice, Recipient
from bjc.settings import Settings
from notifications import letters, samples
from notifications.contexts import CONTEXTS
from notifications.render import Rendered, render

A_DAY = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2}\b")


@pytest.fixture(params=list(Notice), ids=lambda notice: notice.value)
def notice(request: pytest.FixtureRequest) -> Notice:
    return request.param


@pytest.fixture
def mail(notice: Notice, settings: Settings) -> Rendered:
    return render(samples.letter(notice), samples.address(notice, settings.site), settings, samples.WHEN)


def test_every_notice_has_its_context() -> None:
    assert set(CONTEXTS) == set(Notice)


def test_the_subject_says_the_action_and_the_day_before_it_names_the_case(
    mail: Rendered, notice: Notice
) -> None:
    action, _, about = mail.subject.partition(": ")
    assert A_DAY.search(action)
    wanted = (
        "Fire Alliance business cases"
        if notice is Notice.SIGN_IN
        else "BJC-2026-014 Fleet telematics (£182,000)"
    )
    assert about == wanted


def test_the_decision_request_reads_as_agreed(settings: Settings) -> None:
    notice = Notice.DECISION_REQUEST
    mail = render(samples.letter(notice), samples.address(notice, settings.site), settings, samples.WHEN)
    assert mail.subject == "Decision needed by Fri 11 Dec: BJC-2026-014 Fleet telematics (£182,000)"
    assert mail.text.splitlines()[0] == "Your decision is needed by Fri 11 Dec"
    assert "£182,000" in mail.text.splitlines()[2]
    assert "5pm on Fri 11 Dec 2026" in mail.text.splitlines()[2]


def test_both_parts_hold_exactly_one_link_and_it_is_the_same(
    mail: Rendered, notice: Notice, settings: Settings
) -> None:
    address = samples.address(notice, settings.site)
    assert re.findall(r"https?://\S+", mail.text) == [address.url]
    assert re.findall(r'href="([^"]+)"', mail.html) == [address.url]


def test_no_link_approves_or_rejects(mail: Rendered) -> None:
    assert not re.search(r'href="[^"]*(approve|reject|choice|vote|answer=)', mail.html)


def test_both_parts_say_why_it_came_what_follows_if_nothing_is_done_and_that_a_reply_decides_nothing(
    mail: Rendered,
) -> None:
    for part in (mail.text, mail.html):
        assert "You get this mail because " in part
        assert "If you do nothing" in part
        assert "Replying to this mail decides nothing." in part


def test_a_personal_link_warns_against_forwarding(mail: Rendered, notice: Notice) -> None:
    is_personal = SENDINGS[notice].link is not None
    assert ("The link is yours alone" in mail.text) is is_personal
    assert ("The link is yours alone" in mail.html) is is_personal


def test_a_phone_and_a_dark_screen_keep_their_rules_and_nothing_is_fetched(mail: Rendered) -> None:
    assert "@media (max-width: 480px)" in mail.html
    assert "@media (prefers-color-scheme: dark)" in mail.html
    assert not re.search(r"<(img|script|link|iframe|form)\b|url\(", mail.html)


def test_the_words_ballot_and_verdict_are_never_used(mail: Rendered) -> None:
    assert not re.search(r"\b(ballot|verdict|rung)\b", mail.text + mail.html, re.IGNORECASE)


def test_the_headers_thread_a_case_and_keep_robots_quiet(mail: Rendered, notice: Notice) -> None:
    headers = mail.message
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert headers["Message-ID"] == "<outbox-17.sample@alliance.example>"
    assert headers["Reply-To"] == "Programme office <programme.office@alliance.example>"
    assert headers["Feedback-ID"].startswith(f"{notice.value}:")
    about_a_case = notice is not Notice.SIGN_IN
    assert headers["X-BJC-Case"] == ("BJC-2026-014" if about_a_case else None)
    assert headers["References"] == ("<bjc-2026-014.sample@alliance.example>" if about_a_case else None)


def test_the_plain_part_comes_before_the_html_part(mail: Rendered) -> None:
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]


def test_a_receipt_shows_the_version_its_hash_and_what_to_do_if_it_was_not_me(settings: Settings) -> None:
    notice = Notice.DECISION_RECEIPT
    mail = render(samples.letter(notice), samples.address(notice, settings.site), settings, samples.WHEN)
    for part in (mail.text, mail.html):
        assert "approve with conditions" in part
        assert samples.SHA256 in part
        assert f"{samples.SHA256[:12]}" in part.replace(samples.SHA256, "")
        assert "This was not me" in part
        assert "programme.office@alliance.example" in part
        assert "You may change it until the decision closes" in part


OUTCOMES = [notice for notice, sending in SENDINGS.items() if Recipient.VOTERS in sending.to]
WRITTEN = [notice for notice in OUTCOMES if notice is not Notice.DECISION_STANDS_OVER]


@pytest.mark.parametrize("notice", OUTCOMES)
def test_a_member_is_told_what_came_of_the_decision_and_asked_for_nothing(
    notice: Notice, settings: Settings
) -> None:
    member = letters.Addressee(2, "Officer A2", "officer.a2@sfrs.example")
    letter = replace(samples.letter(notice), to=member, seat=samples.SEAT)
    mail = render(letter, samples.address(notice, settings.site), settings, samples.WHEN)
    for part in (mail.text, mail.html):
        assert "You get this mail because you were asked to decide on it as Chief Fire Officer, SFRS" in part
        assert "Please revise" not in part
        assert "stays with you" not in part


@pytest.mark.parametrize("notice", WRITTEN)
def test_conditions_and_reasons_are_told_without_whose_they_are(notice: Notice, settings: Settings) -> None:
    mail = render(samples.letter(notice), samples.address(notice, settings.site), settings, samples.WHEN)
    for part in (mail.text, mail.html):
        assert "Reasons that members gave" in part
        assert "The old units fail every winter." in part
        assert "Trade union consulted before units are fitted." in part


def test_a_declared_interest_is_final_and_its_receipt_says_so(settings: Settings) -> None:
    notice = Notice.DECISION_RECEIPT
    letter = replace(samples.letter(notice), seat=replace(samples.SEAT, interest="My sister.", choice=""))
    mail = render(letter, samples.address(notice, settings.site), settings, samples.WHEN)
    for part in (mail.text, mail.html):
        assert "This is final" in part
        assert "change" not in part.lower().partition("if you do nothing")[0]
