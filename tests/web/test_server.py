"""The app behind waitress, on a real socket: slow, rude and many clients."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fer_xai.errors import InputError
from fer_xai.web import Limits, make_app
from fer_xai.web.server import bind, make_server
from tests.web.conftest import encoded, stub


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A running server that is quickly out of patience."""
    limits = Limits(megabytes=1, places=3, seconds=300, sending=1)
    server = make_server(make_app({"stub": stub()}, limits), limits, bind("127.0.0.1", 0))
    running = threading.Thread(target=server.run)
    running.start()
    room = server.adj.memory.left
    yield server
    deadline = time.monotonic() + 20
    while server.active_channels and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.adj.memory.left == room, "whatever clients did, all memory came back"
    server.stop()
    running.join(20)
    assert not running.is_alive()


@pytest.fixture
def port(server: Any) -> int:
    """Where it answers."""
    return int(server.effective_port)


def raw(port: int, sent: bytes, seconds: float = 10) -> bytes:
    """What comes back for some bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def ask(port: int, data: bytes, path: str = "/api/v1/predict") -> tuple[int, dict]:
    """Status and JSON of an upload."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, data, {"Content-Type": "image/png"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_many_clients_at_once_are_served_or_told_to_come_later(port, crop):
    data = encoded(crop)
    with ThreadPoolExecutor(48) as pool:
        answers = list(pool.map(lambda _: ask(port, data), range(240)))
    found = Counter(status for status, _ in answers)
    assert set(found) <= {200, 503}
    assert found[200] >= 3
    assert all(answer["error"]["code"] == "busy" for status, answer in answers if status == 503)
    assert ask(port, data)[0] == 200


def test_slow_clients_lose_their_connection_and_keep_nobody_out(port, crop):
    slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
    begun = time.monotonic()
    for i, connection in enumerate(slow):
        head = b"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\n"
        connection.sendall(head if i % 2 else head + b"Content-Length: 100000\r\n\r\n")
    assert ask(port, encoded(crop))[0] == 200, "in between, others are served"
    waiting = set(slow)
    while waiting and time.monotonic() - begun < 20:
        for connection in list(waiting):
            try:
                connection.sendall(b"x")  # now and then a byte: never idle
            except OSError:
                waiting.discard(connection)
        time.sleep(0.1)
    for connection in slow:
        connection.close()
    assert not waiting


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ("POST / HTTP/1.1|Host: localhost|Content-Length: 9999999999", 413, "too_many_bytes"),
        ("POST / HTTP/1.1|Host: localhost|Expect: 100-continue|Content-Length: 5000000", 413, "too_many_bytes"),
        ("POST / HTTP/1.1|Host: localhost|Content-Length: -5", 400, "bad_request"),
        ("POST / HTTP/1.1|Host: localhost|Transfer-Encoding: gzip", 501, "bad_request"),
        ("GET / HTTP/1.1|Host: localhost|X: " + "a" * (2**15 - 40), 431, "bad_request"),
        ("GET / HTTP/1.1|Host: localhost|Host: evil.example", 400, "bad_host"),
        ("GET / HTTP/1.0", 400, "bad_host"),
        ("\x16\x03\x01\x02 tls", 400, "bad_request"),
    ],
)
def test_requests_that_are_no_requests_get_the_same_kind_of_answer(port, lines, status, code):
    sent = lines.replace("|", "\r\n") + "\r\n\r\n"
    head, _, body = raw(port, sent.encode("latin-1")).partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert json.loads(body)["error"]["code"] == code
    assert b"Content-Security-Policy: default-src 'none'" in head
    assert b"Server: waitress" not in head


def test_an_upload_that_is_too_large_is_told_so_after_it_was_sent(port):
    status, answer = ask(port, bytes(9 * 2**20))
    assert status == 413
    assert answer["error"]["code"] == "too_many_bytes"


def test_uploads_that_fill_the_memory_are_told_to_come_later(port, server, crop):
    head = b"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    opened = []
    while server.adj.memory.left >= 1_000_000 and len(opened) < 100:
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        opened[-1].sendall(head)
        time.sleep(0.01)
    status, answer = ask(port, bytes(900_000))
    assert (status, answer["error"]["code"]) == (503, "busy")
    assert b"Retry-After: " in raw(port, head.replace(b"Content", b"Expect: 100-continue\r\nContent"))
    for connection in opened:
        connection.close()
    deadline = time.monotonic() + 10
    while server.adj.memory.left < 3_000_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ask(port, encoded(crop))[0] == 200


def test_a_proxy_header_of_a_stranger_changes_nothing(port):
    head = b"GET /api HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n"
    answer = raw(port, head)
    assert b"200 OK" in answer
    assert b"evil" not in answer


def test_an_address_that_is_taken_is_told():
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(InputError, match="give another --host or --port"):
            bind("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(InputError, match="cannot be served"):
        bind("no.such.host.invalid", 80)


@pytest.mark.parametrize("host", ["." + "a" * 70, "a" * 70 + ".org", "no such place"])
def test_a_name_that_cannot_be_served_is_refused(host):
    with pytest.raises(InputError, match=r"cannot be served \(.+\): give another --host or --port"):
        bind(host, 0)
