"""What every answer carries, who may post, how much, and how often."""

import asyncio
import logging
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from structlog.testing import capture_logs

from bjc.settings import Settings
from bjc.web import csrf
from bjc.web.body import BodyLimit
from bjc.web.errors import PageError
from bjc.web.limits import MISSES, MOST_KEYS, Limits, Window, client_address
from bjc.web.scrub import scrub
from tests.web.conftest import csrf_of, serving, unguarded
from tests.web.sample_site import ANSWERS, GOOD_LINK, make_site

KEY = b"k" * 32
FORM = {"content-type": "application/x-www-form-urlencoded"}
EVERY_KIND = [
    ("GET", "/form", 200),
    ("HEAD", "/form", 200),
    ("OPTIONS", "/form", 405),
    ("GET", "/nothing", 404),
    ("GET", "/help/", 404),
    ("GET", "/broken", 500),
    ("GET", "/down", 503),
    ("GET", "/conflict", 409),
    ("GET", "/api/invalid", 422),
    ("GET", "/static/old/bjc.css", 200),
    ("DELETE", "/form", 415),
    ("POST", "/form", 415),
]


def policy_of(answer: httpx.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: rest for name, _, rest in parts}


@pytest.mark.parametrize(("method", "path", "status"), EVERY_KIND)
def test_every_answer_carries_the_headers(site: httpx.Client, method: str, path: str, status: int) -> None:
    answer = site.request(method, path)
    assert answer.status_code == status
    policy = policy_of(answer)
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == policy["img-src"] == "'self'"
    assert re.fullmatch(r"'nonce-[\w-]{22}' 'strict-dynamic'", policy["script-src"])
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] == ("no-cache" if "static" in path else "no-store")
    assert "strict-transport-security" not in answer.headers


def test_a_redirect_carries_the_headers_too(browser_like: httpx.Client) -> None:
    token = csrf_of(browser_like.get("/form").text)
    answer = browser_like.post("/form", data={**ANSWERS, "_csrf": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/recorded")
    assert "content-security-policy" in answer.headers


def test_the_nonce_is_new_each_time_and_every_script_of_the_page_has_it(site: httpx.Client) -> None:
    first, second = site.get("/form"), site.get("/form")
    nonce = re.search(r"'nonce-([\w-]+)'", policy_of(first)["script-src"])
    assert nonce
    assert nonce[1] not in second.text
    assert re.findall(r"<script[^>]*>", first.text)
    assert all(f'nonce="{nonce[1]}"' in tag for tag in re.findall(r"<script[^>]*>", first.text))


def test_https_brings_hsts_and_host_bound_cookies(tmp_path: Path) -> None:
    with serving(make_site, tmp_path, base_url="https://cases.alliance.example") as client:
        answer = client.get("/form")
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-bjc-form=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("path", ["/form", "/help/", "/nothing", "/static/x/bjc.css"])
def test_the_host_header_ends_up_nowhere(site: httpx.Client, path: str) -> None:
    answer = site.get(path, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    assert "evil.example" not in answer.text + str(answer.headers)


def test_a_page_without_a_form_sets_no_cookie(browser_like: httpx.Client) -> None:
    assert "set-cookie" not in browser_like.get("/help").headers


def test_a_form_cookie_is_kept_so_that_two_tabs_both_work(browser_like: httpx.Client) -> None:
    first = csrf_of(browser_like.get("/form").text)
    second = browser_like.get("/form")
    assert "set-cookie" not in second.headers
    assert csrf_of(second.text) != first
    for token in (first, csrf_of(second.text)):
        assert browser_like.post("/form", data={**ANSWERS, "_csrf": token}).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "x" * 75, "é" * 75])
def test_a_form_with_a_wrong_token_is_refused_with_a_page_that_says_what_to_do(
    browser_like: httpx.Client, token: str
) -> None:
    browser_like.get("/form")
    answer = browser_like.post("/form", data={**ANSWERS, "_csrf": token})
    assert answer.status_code == 403
    assert "reload the page and send it again" in answer.text


def test_a_token_of_another_browser_is_refused(browser_like: httpx.Client) -> None:
    stolen = csrf_of(browser_like.get("/form").text)
    browser_like.cookies.clear()
    assert browser_like.post("/form", data={**ANSWERS, "_csrf": stolen}).status_code == 403
    browser_like.get("/form")
    assert browser_like.post("/form", data={**ANSWERS, "_csrf": stolen}).status_code == 403


@given(st.text(), st.text(), st.text())
def test_only_a_token_made_for_this_identity_is_accepted(identity: str, other: str, sent: str) -> None:
    assert csrf.check(identity, csrf.token(identity, KEY), KEY)
    assert csrf.check(other, csrf.token(identity, KEY), KEY) == (identity == other)
    assert not csrf.check(identity, sent, KEY)
    assert not csrf.check(identity, csrf.token(identity, b"another key"), KEY)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
    ],
)
def test_a_post_from_another_site_is_refused_even_with_a_good_token(
    browser_like: httpx.Client, headers: dict[str, str]
) -> None:
    token = csrf_of(browser_like.get("/form").text)
    answer = browser_like.post("/form", data={**ANSWERS, "_csrf": token}, headers=headers)
    assert answer.status_code == 403
    assert "another website" in answer.text


@pytest.mark.parametrize(
    "origin", [{}, {"origin": "null"}, {"sec-fetch-site": "same-origin", "origin": "null"}]
)
def test_a_post_of_our_own_page_is_taken_though_no_referrer_hides_its_origin(
    browser_like: httpx.Client, origin: dict[str, str]
) -> None:
    token = csrf_of(browser_like.get("/form").text)
    assert browser_like.post("/form", data={**ANSWERS, "_csrf": token}, headers=origin).status_code == 303


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", ""])
def test_only_what_a_form_sends_is_taken(site: httpx.Client, kind: str) -> None:
    answer = site.post("/form", content=b'{"a": 1}', headers={"content-type": kind})
    assert answer.status_code == 415
    assert "Use the form on the page" in answer.text


def test_every_page_that_takes_a_form_checks_its_token(tmp_path: Path) -> None:
    app = make_site(Settings(_env_file=None, home=tmp_path))
    assert unguarded(app.routes) == []

    @app.post("/forgotten")
    def forgotten() -> None: ...

    assert unguarded(app.routes) == ["/forgotten"]


def test_a_method_cannot_be_overridden(browser_like: httpx.Client) -> None:
    headers = {"x-http-method-override": "DELETE"}
    assert browser_like.post("/form", data={"_method": "DELETE"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "body", [b"a=%ff%fe", b"\xff" * 50, b"&&&&==&", b"a=1;b=2", b"=" * 500, b"a=1&" * 400]
)
def test_a_mangled_form_gets_a_page_and_not_an_error(browser_like: httpx.Client, body: bytes) -> None:
    assert browser_like.post("/form", content=body, headers=FORM).status_code in (400, 403)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        (
            "multipart/form-data; boundary=b; charset=zlib",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\nx\r\n--b--\r\n',
        ),
    ],
)
def test_a_mangled_multipart_form_gets_a_page_and_not_an_error(
    browser_like: httpx.Client, kind: str, body: bytes
) -> None:
    answer = browser_like.post("/form", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 403)
    assert "<h1" in answer.text


@pytest.mark.parametrize("size", [100_001, 300_000, 2_000_000])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(site: httpx.Client, size: int) -> None:
    answer = site.post("/form", content=b"a" * size, headers=FORM)
    assert answer.status_code == 413
    assert "larger than this service takes" in answer.text


def test_a_body_that_hides_its_length_is_refused_too(site: httpx.Client) -> None:
    answer = site.post("/form", content=(b"a" * 1000 for _ in range(200)), headers=FORM)
    assert answer.status_code == 413


def test_a_body_of_the_largest_size_comes_through(browser_like: httpx.Client) -> None:
    assert browser_like.post("/form", content=b"a" * 100_000, headers=FORM).status_code == 403


def test_a_body_that_never_ends_is_given_up() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the page must not be called")

    async def silence() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    with pytest.raises(PageError) as refused:
        asyncio.run(BodyLimit(app, 100, slowest=0.01)._take(Headers({"content-length": "5"}), silence))
    assert refused.value.status == 408


def test_an_address_that_is_too_long_or_holds_nul_is_refused(site: httpx.Client) -> None:
    assert site.get("/help?" + "a" * 3000).status_code == 414
    assert site.get("/help%00").status_code == 404


def test_a_link_opened_too_often_must_wait_and_other_pages_need_not(tmp_path: Path) -> None:
    with serving(make_site, tmp_path, links_per_minute=5) as client:
        statuses = [client.get(GOOD_LINK).status_code for _ in range(6)]
        answer = client.get(GOOD_LINK)
        assert client.get("/help").status_code == 200
    assert statuses[:5] == [200] * 5
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 120
    assert "Wait" in answer.text


@given(
    st.integers(1, 20),
    st.lists(st.floats(0, 20, allow_nan=False), max_size=60),
)
def test_a_window_lets_no_more_than_its_limit_through_in_any_of_its_spans(
    limit: int, pauses: list[float]
) -> None:
    window, now, spans = Window(limit, 60), 0.0, dict[int, int]()
    for pause in pauses:
        now += pause
        if window.spend("a", now) == 0:
            spans[int(now // 60)] = spans.get(int(now // 60), 0) + 1
    assert all(count <= limit for count in spans.values())


@given(st.integers(1, 30), st.lists(st.floats(0, 5, allow_nan=False), max_size=80))
def test_whoever_waits_as_long_as_told_is_let_in(limit: int, pauses: list[float]) -> None:
    window, now = Window(limit, 60), 0.0
    for pause in pauses:
        now += pause
        told = window.spend("a", now)
        if told:
            assert window.wait("a", now + told + 0.001) == 0


def test_a_window_remembers_a_bounded_number_of_keys() -> None:
    window = Window(1)
    for number in range(MOST_KEYS + 50):
        window.spend(str(number), 0.0)
    assert len(window._counts) == MOST_KEYS


def test_while_somebody_guesses_links_a_member_with_a_good_one_still_comes_in() -> None:
    limits = Limits(10, clock=lambda: 30.0)
    for number in range(10 * MISSES):
        limits.miss(f"/d/{number}", f"10.0.0.{number % 7}")
    with pytest.raises(PageError):
        limits.admit("GET", "/d/another", "10.0.0.1")
    limits.admit("GET", GOOD_LINK, "192.0.2.1")


def test_pages_can_have_limits_of_their_own() -> None:
    limits = Limits(10, clock=lambda: 30.0)
    limits.spend("sign-in", "officer.a1@sfrs.example", 2)
    limits.spend("sign-in", "officer.a1@sfrs.example", 2)
    limits.spend("sign-in", "officer.b1@sfrs.example", 2)
    with pytest.raises(PageError) as refused:
        limits.spend("sign-in", "officer.a1@sfrs.example", 2)
    assert refused.value.status == 429


def test_one_ipv6_subscriber_is_one_address() -> None:
    one, two = ("2001:db8:1:2::1", 5), ("2001:db8:1:2:ffff::9", 5)
    assert client_address({"client": one}) == client_address({"client": two}) == "2001:db8:1:2::/64"
    assert client_address({"client": ("192.0.2.7", 5)}) == "192.0.2.7"
    assert client_address({"client": None}) == ""


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/d/abc", "/d/…"),
        ("/d/abc?x=1", "/d/…?x=1"),
        ("/s/" + "a" * 43, "/s/…"),
        ("/cases/BJC-2026-014?page=2", "/cases/BJC-2026-014?page=2"),
        ("/elsewhere?t=" + "b" * 43, "/elsewhere?t=…"),
        ("/static/0123456789ab/bjc.css", "/static/0123456789ab/bjc.css"),
    ],
)
def test_secrets_are_taken_out_of_an_address(path: str, shown: str) -> None:
    assert scrub(path) == shown


def test_the_access_log_never_shows_a_links_secret(
    site: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        site.get(GOOD_LINK)
        site.get("/help")
    text = caplog.text
    assert "/d/…" in text
    assert "/help" in text
    assert GOOD_LINK not in text


def test_an_unforeseen_failure_shows_a_reference_and_logs_it_with_the_reason(site: httpx.Client) -> None:
    with capture_logs() as logs:
        answer = site.get("/broken")
    reference = re.search(r"E-[0-9A-F]{8}", answer.text)
    assert answer.status_code == 500
    assert reference
    assert "Traceback" not in answer.text
    assert "the-secret-inside" not in answer.text
    assert [entry["reference"] for entry in logs if entry["event"] == "page_failed"] == [reference[0]]


def test_a_page_that_fails_halfway_is_cut_off_rather_than_ended_as_if_whole(site: httpx.Client) -> None:
    with capture_logs() as logs, pytest.raises(httpx.RemoteProtocolError):
        site.get("/halfway")
    assert [entry["event"] for entry in logs] == ["page_failed"]
