"""What a failing page leaves in the log: where and why it failed, and nothing that a person typed or carries."""

import logging

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from bjc.settings import Settings
from bjc.web.shell import install_shell


def test_a_failing_page_logs_where_and_why_but_no_variable_and_no_cookie(
    tmp_path, caplog: pytest.LogCaptureFixture
) -> None:
    app = FastAPI(openapi_url=None)
    install_shell(app, Settings(_env_file=None, home=tmp_path))

    @app.get("/d/{secret}")
    def page(request: Request, secret: str) -> None:
        typed = f"a confidential reason, {secret}"
        raise RuntimeError("no such row" if typed else "")

    client = TestClient(app, base_url="http://127.0.0.1:8000")
    client.cookies.set("bjc-visit", "the-visit-of-somebody")
    with caplog.at_level(logging.DEBUG):
        answer = client.get(f"/d/{'s' * 43}")
    assert answer.status_code == 500
    line = next(record.getMessage() for record in caplog.records if "page_failed" in record.getMessage())
    assert "RuntimeError: no such row" in line
    assert "test_logs.py" in line
    for secret in ("confidential", "s" * 43, "the-visit-of-somebody"):
        assert secret not in line
