"""Who may ask, and what browsers may do with the answers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from flask import Request, Response

from fer_xai.web.problems import Problem

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses requests that a page of another site had a browser send.

    Parameters
    ----------
    host : str
        What the app is bound to.
    names : iterable of str
        Further names that it answers to.
    """

    def __init__(self, host: str, names: Iterable[str] = ()) -> None:
        self._names = {name.lower() for name in (*_LOOPBACK, host, *names)}
        # A name that an attacker owns can be made to point here (DNS rebinding); an address cannot.
        self._any_address = not _is_loopback(host)

    def check(self, request: Request) -> None:
        """Raise a `Problem` where the Host header is not ours, or another site's page asks for work."""
        if not self._is_ours(request.environ.get("HTTP_HOST", "")):
            raise Problem("bad_host", "this app does not answer to that Host; start it with --allow-host NAME")
        if request.method not in ("GET", "HEAD", "OPTIONS") and not self._from_here(request):
            raise Problem("cross_site", "only this app's own pages, and programs, may ask for that")

    def _is_ours(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match["name"].strip("[]").lower()
        return name in self._names or (self._any_address and _is_address(name))

    def _from_here(self, request: Request) -> bool:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        return origin is None or origin.partition("://")[2].lower() == request.environ["HTTP_HOST"].lower()


def add_headers(response: Response) -> Response:
    """Set the headers that every answer carries."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
