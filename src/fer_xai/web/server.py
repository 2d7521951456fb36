"""The app behind waitress, which reads slow requests without giving them a thread."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.adjustments import Adjustments  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ErrorTask, ThreadedTaskDispatcher  # type: ignore[import-untyped]
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge  # type: ignore[import-untyped]

from fer_xai.errors import InputError, first_line
from fer_xai.web.guard import HEADERS
from fer_xai.web.limits import Limits
from fer_xai.web.problems import RETRY_AFTER, Problem

_CONNECTIONS = 512
_QUICK_THREADS = 8  # beside those that wait for the classifier: these tell "busy", and give out pages
_SECONDS_IDLE = 60
_HEADER_BYTES = 2**15
_MOST_DISCARDED = 2**28
_UPLOADS = 32  # of the largest size, that may be held in memory at once
_CODES = {400: "bad_request", 413: "too_many_bytes", 431: "bad_request", 501: "bad_request", 503: "busy"}


class _Refusal(ErrorTask):
    """What waitress refuses by itself, told as the app tells its problems."""

    def execute(self) -> None:
        error = self.request.error
        code = _CODES.get(error.code, "internal")
        words = {
            "too_many_bytes": "the upload is larger than this app takes",
            "bad_request": "the request is no valid HTTP",
            "busy": "too many uploads at once: try again in a few seconds",
            "internal": "the app failed on this request; its log says how",
        }
        body = json.dumps(Problem(code, words[code]).told()).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend([("Content-Type", "application/json"), *HEADERS.items()])
        self.content_length = len(body)
        if code == "busy":
            self.response_headers.append(("Retry-After", str(RETRY_AFTER)))
        self.set_close_on_finish()
        self.write(body)


class _Full(Error):
    """The answer where uploads fill the memory that they may have."""

    code = 503
    reason = "Service Unavailable"


class _Memory:
    """How many bytes of uploads may be held at once, over all connections."""

    def __init__(self, most: int) -> None:
        self.left = most
        self._lock = threading.Lock()

    def take(self, number: int) -> bool:
        """Whether there was room."""
        with self._lock:
            if number > self.left:
                return False
            self.left -= number
            return True

    def give(self, number: int) -> None:
        with self._lock:
            self.left += number


class _Parser(HTTPRequestParser):
    """Takes uploads while there is room; reads those that are refused to their end, and keeps none of them.

    Waitress itself would answer and hang up while the client still sends; most clients then tell of a lost connection
    instead of the answer.
    """

    expect_continue: bool
    _checked = False
    _held = 0
    _left = 0
    _refused: Any = None

    def received(self, data: bytes) -> int:
        if self._refused is not None:
            taken: int = min(len(data), self._left)
            self._left -= taken
            if not self._left:
                self.error, self.completed = self._refused, True
            return taken
        taken = super().received(data)
        if self.headers_finished and not self._checked:
            self._checked = True
            self._check()
        return taken

    def close(self) -> None:
        super().close()
        self.adj.memory.give(self._held)
        self._held = 0

    def _check(self) -> None:
        """Decide about a body of which nothing has come yet."""
        if self.error is None and self.chunked and "CONTENT_LENGTH" in self.headers:
            # A proxy in front may go by the other length, and take the rest for somebody else's request.
            self.error, self.completed = BadRequest("two lengths"), True
        elif self.error is None and not self.completed:
            wanted = self.adj.max_request_body_size if self.chunked else self.content_length
            if self.adj.memory.take(wanted):
                self._held = wanted
            else:
                self._refuse(_Full("no room"))
        elif isinstance(self.error, RequestEntityTooLarge):
            self._refuse(self.error)

    def _refuse(self, error: Error) -> None:
        """Answer at once where the client waits for leave to send, or would send without end; else hear it out."""
        if self.expect_continue or self.chunked or self.content_length > _MOST_DISCARDED:
            self.error, self.completed, self.expect_continue = error, True, False
        else:
            self._refused, self._left = error, self.content_length
            self.error, self.completed = None, False


class _Channel(HTTPChannel):
    """A connection that knows since when it has been sending its request."""

    error_task_class = _Refusal
    parser_class = _Parser
    sending_since: float | None = None

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:
            self.request.close()

    def received(self, data: bytes) -> Any:
        taken = super().received(data)
        if self.request is None:
            self.sending_since = None
        elif self.sending_since is None:
            self.sending_since = time.time()
        return taken


class _Dispatcher(ThreadedTaskDispatcher):
    """Threads that are not waited for: whoever ends the app does not want the answers that are still worked out."""

    def shutdown(self, cancel_pending: bool = True, timeout: float = 1) -> Any:
        return super().shutdown(cancel_pending, timeout)


class Server(TcpWSGIServer):
    """Waitress, with a bound on how long a client may take to send one request.

    Waitress itself only closes connections that are idle, so a client that sends a byte now and then would keep its
    place forever, and some hundreds of those would keep everybody else out.
    """

    channel_class = _Channel
    seconds_to_send = 30

    def maintenance(self, now: float) -> None:
        """Close idle connections, and those that are too slow."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            since = channel.sending_since
            if since is not None and now - since > self.seconds_to_send:
                channel.will_close = True

    def stop(self) -> None:
        """End ``run``, from any thread."""
        self.trigger.pull_trigger(self._end)

    def _end(self) -> None:
        self.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)


def bind(host: str, port: int) -> socket.socket:
    """Take an address, before anything slow is done.

    Parameters
    ----------
    host : str
        A name or an address, of IPv4 or IPv6.
    port : int
        0 takes any free one.

    Raises
    ------
    InputError
        If it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
        except OSError:
            taken.close()
            raise
    # A name that no network can have is not an OSError.
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or first_line(error)
        raise InputError(f"{host}:{port} cannot be served ({why}): give another --host or --port") from error
    return taken


def make_server(app: Any, limits: Limits, taken: socket.socket) -> Server:
    """Put the app behind a bound socket; ``.run()`` serves until interrupted, ``.close()`` ends it.

    Parameters
    ----------
    app : WSGI application
    limits : Limits
    taken : socket
        See `bind`.
    """
    settings = Adjustments(
        sockets=[taken],
        threads=limits.places + _QUICK_THREADS,
        connection_limit=_CONNECTIONS,
        channel_timeout=_SECONDS_IDLE,
        cleanup_interval=min(5, limits.sending),
        max_request_header_size=_HEADER_BYTES,
        max_request_body_size=limits.bytes + 2**17,
        # Uploads stay in memory: waitress would spool larger ones to a temporary file.
        inbuf_overflow=limits.bytes + 2**18,
        asyncore_use_poll=True,
        ident=None,
        clear_untrusted_proxy_headers=True,
        expose_tracebacks=False,
    )
    settings.memory = _Memory(_UPLOADS * settings.max_request_body_size)
    dispatcher = _Dispatcher()
    dispatcher.set_thread_count(settings.threads)
    address = (taken.family, taken.type, taken.proto, taken.getsockname())
    server = Server(app, _sock=taken, dispatcher=dispatcher, adj=settings, bind_socket=False, sockinfo=address)
    server.seconds_to_send = limits.sending
    return server
