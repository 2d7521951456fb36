"""Who may ask, and what every answer tells the browser."""

from __future__ import annotations

import pytest

from fer_xai.web import make_app
from tests.web.conftest import encoded, stub


def status(client, host: str, **headers: str) -> int:
    return client.get("/healthz", headers={"Host": host, **headers}).status_code


@pytest.fixture(scope="module")
def public():
    return make_app({"stub": stub()}, host="192.0.2.7", names=["faces.example.org"]).test_client()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "[::1]:8000", "LOCALHOST"])
def test_loopback_names_are_answered(client, host):
    assert status(client, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "192.0.2.7"),
        *(
            "localhost:80, evil.example",
            "localhost evil",
            "",
            "[::1",
            "localhost:80:80",
            "локалхост",
            "localhost\\evil",
        ),
    ],
)
def test_other_names_are_not_so_that_rebinding_fails(client, host):
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "bad_host"
    assert host not in answer.text or not host


def test_an_app_bound_to_a_network_answers_to_addresses_and_given_names(public):
    for host in ("192.0.2.7:8000", "10.0.0.1", "[2001:db8::1]", "faces.example.org", "localhost"):
        assert status(public, host) == 200, host
    assert status(public, "evil.example") == 400


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_pages_of_other_sites_cannot_have_work_done(client, crop, headers, expected):
    answer = client.post("/api/v1/predict", data=encoded(crop), content_type="image/png", headers=headers)
    assert answer.status_code == expected


def test_every_answer_has_the_strict_headers(client):
    for path in ("/", "/api", "/report.css", "/static/app.js", "/api/v1/models", "/nothing"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'", "no inline script, no inline style"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "camera=(self)" in headers["Permissions-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers


def test_pages_hold_no_inline_script_or_style_and_load_only_their_own(client):
    for path in ("/", "/api"):
        page = client.get(path).text
        assert "style=" not in page
        assert "http" not in page.replace("http://localhost", "")


def test_hostile_model_names_are_escaped(crop):
    name = '"><script>alert(1)</script>'
    app = make_app({name: stub(name=name)}).test_client()
    for path in ("/", "/api"):
        assert "<script>alert" not in app.get(path).text
