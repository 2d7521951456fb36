"""The app under load: 200 clients at once for two minutes, and 100 more that send a byte now and then.

    python benchmarks/attack.py [--seconds 120] [--clients 200] [--slow 100] [--model M]

It starts ``fer-xai serve`` on a free port of this computer and prints one JSON object: how often each request was
answered with which status, how long that took, and what went wrong. It exits with 1 where anything came but an answer
(200) or a polite "come later" (503 with Retry-After).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from io import BytesIO
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from fer_xai import load_faces

# What a visitor does: mostly looks, often asks for a prediction, sometimes why.
VISIT = ("/", "/api/v1/predict", "/static/app.js", "/api/v1/predict", "/api/v1/models", "/api/v1/explain")
PATIENCE = 120  # seconds until a request counts as hung
AGAIN = 0.5  # seconds that a client waits after "come later", less than it is asked to


class Load:
    """What came back, by path and status."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        face = load_faces("sample")[:1].pixels()[0, ..., 0]
        stream = BytesIO()
        Image.fromarray(face).save(stream, "PNG")
        self.picture = stream.getvalue()
        self.seconds: dict[tuple[str, int], list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.cut_off = 0

    async def ask(self, path: str) -> int:
        """One request on a connection of its own; its status."""
        method, body = ("POST", self.picture) if path.endswith(("predict", "explain")) else ("GET", b"")
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += f"Content-Type: image/png\r\nContent-Length: {len(body)}\r\n\r\n" if body else "\r\n"
        begun = time.monotonic()
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(head.encode() + body)
            answer = await asyncio.wait_for(reader.read(), PATIENCE)
        finally:
            writer.close()
        status = int(answer.split(b" ", 2)[1])
        self.seconds[path, status].append(time.monotonic() - begun)
        if status not in (200, 503) or (status == 503 and b"Retry-After: " not in answer):
            self.wrong[f"{path}: {status}"] += 1
        return status

    async def client(self, number: int, until: float) -> None:
        """One visitor after the other."""
        step = number
        while time.monotonic() < until:
            path = VISIT[step % len(VISIT)]
            try:
                status = await self.ask(path)
            except (OSError, TimeoutError, IndexError, ValueError) as error:
                self.wrong[f"{path}: {type(error).__name__}"] += 1
                status = 0
            step += 1
            if status != 200:
                await asyncio.sleep(AGAIN)

    async def slow(self, until: float) -> None:
        """A client that holds its connection by a byte now and then; cut off, it comes again."""
        while time.monotonic() < until:
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port)
                writer.write(b"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
                while time.monotonic() < until and not reader.at_eof():
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(1)
                writer.close()
            except OSError:
                pass
            self.cut_off += time.monotonic() < until

    async def run(self, clients: int, slow: int, seconds: float) -> None:
        """All of them at once."""
        until = time.monotonic() + seconds
        await asyncio.gather(
            *(self.client(number, until) for number in range(clients)), *(self.slow(until) for _ in range(slow))
        )

    def told(self) -> dict[str, object]:
        """The figures."""
        rows = {}
        for path in dict.fromkeys(VISIT):
            served = self.seconds[path, 200]
            quick = {f"p{share}": round(float(np.percentile(served, share)), 3) for share in (50, 99) if len(served)}
            rows[path] = {"200": len(served), "503": len(self.seconds[path, 503]), "seconds": quick}
        return {"requests": rows, "wrong": dict(self.wrong), "slow_clients_cut_off": self.cut_off}


def main() -> int:
    """Serve, load, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--slow", type=int, default=100)
    parser.add_argument("--model", default="compact")
    given = parser.parse_args()
    command = [sys.executable, "-m", "fer_xai", "serve", "--model", given.model, "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = urlsplit(json.loads(server.stdout.readline())["url"])
        load = Load(address.hostname or "127.0.0.1", address.port or 80)
        try:
            asyncio.run(load.run(given.clients, given.slow, given.seconds))
            after = asyncio.run(load.ask("/healthz"))
        finally:
            server.send_signal(signal.SIGINT)
    told = {"clients": given.clients, "slow_clients": given.slow, "seconds": given.seconds, **load.told()}
    print(json.dumps({**told, "alive_afterwards": after == 200}, indent=1))
    return int(bool(load.wrong) or after != 200)


if __name__ == "__main__":
    sys.exit(main())
