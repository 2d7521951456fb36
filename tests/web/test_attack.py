"""The API held against its own description by machine, and tricks with paths, headers and bodies on a real socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given

from fer_xai.web import Limits, make_app
from fer_xai.web.guard import HEADERS
from fer_xai.web.server import bind, make_server
from tests.fuzz.outcome import COUNTS, cases
from tests.web.conftest import stub


@pytest.fixture(scope="module")
def described() -> Any:
    """The API as it describes itself."""
    return schemathesis.openapi.from_wsgi("/openapi.json", make_app({"stub": stub()}, Limits(megabytes=1)))


@pytest.mark.parametrize(
    "operation",
    ["POST /api/v1/predict", "POST /api/v1/explain", "GET /api/v1/models", "GET /api/v1/methods", "GET /healthz"],
)
def test_every_answer_is_one_that_the_description_promises(described: Any, operation: str) -> None:
    """Random requests, valid and not: only described statuses, types and shapes come back, and never a 500."""
    method, path = operation.split()
    tried = 0

    @given(described[path][method].as_strategy())
    @cases(6)
    def ask(case: Any) -> None:
        nonlocal tried
        # A picture that fits the description may still show no face, and a method may not fit the model.
        case.call_and_validate(excluded_checks=[schemathesis.checks.positive_data_acceptance])
        tried += 1

    ask()
    COUNTS["API, by its description", "clean"] += tried
    assert tried


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a running app answers."""
    limits = Limits(megabytes=1, sending=2)
    server = make_server(make_app({"stub": stub()}, limits), limits, bind("127.0.0.1", 0))
    running = threading.Thread(target=server.run)
    running.start()
    yield int(server.effective_port)
    server.stop()
    running.join(20)


def answers(port: int, sent: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Status, headers and body of each answer to some bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        came = b""
        while part := connection.recv(65536):
            came += part
    found = []
    while came:
        head, _, came = came.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        length = int(headers.get("Content-Length", len(came)))
        found.append((int(lines[0].split()[1]), headers, came[:length]))
        came = came[length:]
    return found


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as bytes."""
    return "\r\n".join([line, "Host: localhost", *headers, "", ""]).encode("latin-1") + body


@pytest.mark.parametrize(
    "path",
    [
        *("/static/../../../../etc/passwd", "/static/..%2f..%2f..%2fetc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd"),
        *("/static/..%5c..%5cetc%5cpasswd", "/static//etc/passwd", "//etc/passwd", "/static/%00/etc/passwd"),
        *("/static/....//....//etc/passwd", "/api/v1/../../etc/passwd", "/.git/config", "/static/app.js%00.png"),
        *("/%c0%ae%c0%ae/etc/passwd", "/static/%252e%252e/app.py", "/server-status", "/static/", "/static"),
        *("http://evil.example/", "*", "/" + "a" * 8000, "/?" + "a=b&" * 2000),
    ],
)
def test_no_path_leads_out(port, path):
    for status, headers, body in answers(port, request(f"GET {path} HTTP/1.1", "Connection: close")):
        assert status in (200, 400, 404, 414, 431), status
        assert b"root:" not in body
        assert "evil" not in json.dumps(headers)
        assert headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        assert (status == 200) == (path in ("http://evil.example/",) or path.startswith("/?"))


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
        ("Transfer-Encoding: \x0bchunked",),
        ("Transfer-Encoding: xchunked",),
        ("Content-Length: +5",),
        ("Content-Length: 0x5",),
        ("Content-Length: 5_0",),
        ("Content-Length : 5",),
        ("Content-Length: ",),
        (" Content-Length: 5",),
    ],
)
def test_no_second_request_is_smuggled_in(port, headers):
    """Where the body's length can be read in two ways, what follows it is never answered as a request of its own."""
    smuggled = request("GET /healthz HTTP/1.1", "Connection: close")
    got = answers(port, request("POST /api/v1/predict HTTP/1.1", *headers, body=b"0\r\n\r\n" + smuggled))
    assert {status for status, _, _ in got} in ({400}, {501})


def test_a_header_of_the_request_never_becomes_one_of_the_answer(port):
    sent = request("GET /api/v1/methods?model=%0d%0aSet-Cookie:%20a=b HTTP/1.1", "Connection: close")
    ((status, headers, body),) = answers(port, sent)
    assert status == 422
    assert "Set-Cookie" not in headers
    assert json.loads(body)["error"]["code"] == "unknown_model"


def test_a_body_in_endless_small_chunks_is_bounded(port):
    """A chunked body has no length beforehand: it is cut off at the largest upload."""
    head = request("POST /api/v1/predict HTTP/1.1", "Transfer-Encoding: chunked", "Content-Type: image/png")
    chunk = b"1000\r\n" + bytes(4096) + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head)
        sent = 0
        try:
            while sent < 64 * 2**20:
                connection.sendall(chunk)
                sent += 4096
        except OSError:
            pass
    assert sent < 64 * 2**20, "the app hung up"
    assert answers(port, request("GET /healthz HTTP/1.1", "Connection: close"))[0][0] == 200


def test_the_app_is_bound_to_this_computer_alone_unless_told_otherwise():
    import inspect

    from fer_xai.cli.serve import serve

    assert inspect.signature(serve).parameters["host"].default == "127.0.0.1"
    assert inspect.signature(make_app).parameters["host"].default == "127.0.0.1"
