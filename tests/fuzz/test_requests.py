"""Requests to the app: whatever is sent, the answer is a result or one problem of the list."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

pytest.importorskip("flask")
pytest.importorskip("waitress")

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from fer_xai.errors import InputError
from fer_xai.web import Limits, make_app
from fer_xai.web.guard import HEADERS
from fer_xai.web.problems import PROBLEMS
from tests.fuzz.mutations import damaged, strange_texts
from tests.fuzz.outcome import cases, check_line, tried
from tests.fuzz.test_pictures import pictures
from tests.web.conftest import stub

_CROP = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
_FIELDS = ("model", "crop", "method", "target", "face", "samples", "seed", "attributions", "image", "patch", "")
_VALUES = (
    *("stub", "auto", "find", "whole", "occlusion", "lime:slic", "gradcam", "happy", "happy-sad", "label", "0", "1"),
    *("2", "4001", "yes", "no", "-1", "99999999999"),
)
_PATHS = (
    *("/", "/api", "/api/v1/predict", "/api/v1/explain", "/api/v1/models", "/api/v1/methods", "/healthz"),
    *("/openapi.json", "/static/app.js", "/static/../app.py", "/static/%2e%2e/%2e%2e/app.py", "/static//etc/passwd"),
    *("/report.css", "//evil.example/", "/api/v1/predict/", "/.git/config", "/%00", "/api/v1/models?model=x"),
)
_KINDS = (
    "image/png",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/json",
    "text/html",
    "",
    "x" * 300,
)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """An app on a black box that takes little."""
    return make_app({"stub": stub()}, Limits(megabytes=1, megapixels=1)).test_client()


def _png() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(_CROP).save(stream, "PNG")
    return stream.getvalue()


PNG = _png()


def judge(answer: Any) -> None:
    """What every answer is like; raises `InputError` with what a refusal says."""
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.status_code < 500 or answer.status_code in (503, 504), answer.text
    if answer.status_code >= 400:
        error = answer.get_json()["error"]
        assert PROBLEMS[error["code"]][0] == answer.status_code
        for telling in ("/work", "/tmp", "/home", "/usr", "site-packages", "Traceback", "fer_xai/"):
            assert telling not in error["message"]
        check_line(error["message"])
        raise InputError(error["message"])
    assert answer.status_code in (200, 204, 304, 308)


def _ask(client: FlaskClient, *arguments: Any, **keywords: Any) -> None:
    with client.open(*arguments, **keywords) as answer:
        judge(answer)


@given(st.data())
@cases(45)
def test_a_form(client, data):
    values = st.one_of(st.sampled_from(_VALUES), strange_texts())
    fields: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(_FIELDS), values, max_size=3))
    picture = data.draw(st.sampled_from((PNG, PNG, PNG, b"", b"GIF89a")))
    if data.draw(st.booleans()):
        picture = data.draw(damaged(data.draw(pictures())))
    if data.draw(st.integers(0, 9)):
        fields["image"] = FileStorage(io.BytesIO(picture), data.draw(strange_texts()) or "a.png", "image/png")
    boundary, body = encode_multipart(fields, "0123456789")
    if not data.draw(st.integers(0, 4)):
        body = data.draw(damaged(body))
    path = data.draw(st.sampled_from(("/api/v1/predict", "/api/v1/predict", "/api/v1/explain")))
    kind = f"multipart/form-data; boundary={boundary}"
    tried("API requests", lambda: _ask(client, path, method="POST", data=body, content_type=kind))


@given(st.data())
@cases(45)
def test_any_request(client, data):
    headers = data.draw(
        st.dictionaries(
            st.sampled_from(
                ("Host", "Origin", "Sec-Fetch-Site", "Range", "If-None-Match", "X-Forwarded-Host", "Expect")
            ),
            st.one_of(
                st.sampled_from(("localhost", "evil.example", "null", "bytes=0-", "*")),
                st.text("abc:/.@[]*,;= \t\xe9", max_size=20),
            ),
            max_size=2,
        )
    )
    query = data.draw(st.dictionaries(st.sampled_from(_FIELDS), strange_texts(), max_size=2))
    method = data.draw(st.sampled_from(("GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")))
    path = data.draw(st.one_of(st.sampled_from(_PATHS), strange_texts().map(lambda text: f"/{text}")))
    kind = data.draw(st.sampled_from(_KINDS))
    body = data.draw(st.sampled_from((PNG, b"", b"--\r\n", b"{}", b"a=b&a=c")))
    asked = {"method": method, "headers": headers, "query_string": query, "data": body, "content_type": kind}
    # Past the client, which would refuse some of these paths itself.
    asked["environ_overrides"] = {"PATH_INFO": path.encode("utf-8", "replace").decode("latin-1")}

    def ask() -> None:
        with client.open("/", **asked) as answer:
            if method == "HEAD" and answer.status_code >= 400:
                raise InputError("an answer without a body")
            judge(answer)

    tried("API requests", ask)
