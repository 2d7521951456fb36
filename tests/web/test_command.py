"""``fer-xai serve``: what it refuses, and a whole run as a person starts and ends it."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from fer_xai.cli.app import app
from fer_xai.web.server import bind

START = 240  # seconds: TensorFlow alone takes many where others use the computer


def run(*arguments: str) -> tuple[int, str]:
    """Exit code, and all that was printed."""
    answer = CliRunner().invoke(app, ["serve", *arguments])
    return answer.exit_code, " ".join(answer.output.split())


def test_settings_of_one_model_do_not_fit_two():
    code, said = run("--model", "compact", "--model", "baseline-cnn", "--scaling", "tf")
    assert code == 2
    assert "2 models and settings of one" in said


def test_a_taken_address_is_told_before_anything_is_loaded():
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = str(taken.getsockname()[1])
        begun = time.monotonic()
        code, said = run("--port", port, "--model", "no-such-file.keras")
        assert code == 2
        assert f"127.0.0.1:{port} cannot be served" in said
        assert time.monotonic() - begun < 20


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    code, said = run("--save", str(tmp_path / "file" / "below"))
    assert code == 2
    assert "--save" in said


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "waitress" else found(name))
    code, said = run()
    assert code == 2
    assert "fer-xai[web]" in said


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running ``fer-xai serve`` and its address."""
    # Where the tests run in the background of a shell, children are born deaf to Ctrl-C.
    hearing = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from fer_xai.cli import main; main()"
    )
    command = [sys.executable, "-c", hearing, "serve", "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], START)
    assert ready, "no word from the app"
    told = json.loads(process.stdout.readline())
    assert told["models"] == ["compact"]
    yield process, told["url"]
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_it_serves_on_loopback_and_ctrl_c_ends_it_at_once(served):
    process, url = served
    assert url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{url}healthz", timeout=300) as answer:
        assert json.load(answer)["alive"]
    with urllib.request.urlopen(url, timeout=300) as answer:
        assert b"Why does it say" in answer.read()
    stream = BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (48, 48), np.uint8)).save(stream, "PNG")
    slow = f"{url}api/v1/explain?method=lime&samples=4000&crop=whole"
    request = f"urllib.request.Request({slow!r}, {stream.getvalue()!r}, {{'Content-Type': 'image/png'}})"
    code = f"import urllib.request; urllib.request.urlopen({request})"
    client = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    waiting = 0
    while not waiting and time.monotonic() < deadline:
        with urllib.request.urlopen(f"{url}healthz", timeout=300) as answer:
            waiting = json.load(answer)["waiting"]
    assert waiting == 1, "an explanation runs"
    os.kill(process.pid, signal.SIGINT)
    said, errors = process.communicate(timeout=300)
    assert process.returncode == 0
    assert client.wait(300) != 0, "nobody waited for the explanation"
    assert not said, "one JSON object on stdout, and nothing else"
    assert b"Traceback" not in errors
