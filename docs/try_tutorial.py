"""Type the tutorial as a reader would, and hold what comes out against what the page prints.

    python docs/try_tutorial.py VENV

VENV is an environment with fer-xai in it and nothing else: the page's own steps for that are left out. Everything else
runs as it stands, in order, in an empty folder. A line that differs ends the run with exit code 1.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = Path(__file__).with_name("tutorial.rst")
_SESSION = "python -m doctest session.txt"
_INSTALLING = ("python3 -m venv", ". .venv", "pip install")


def steps(text: str) -> list[tuple[str, str]]:
    """Each command of the page's console blocks with what the page prints below it; a Python session is one."""
    found = []
    for kind, block in re.findall(r"\.\. code-block:: (console|pycon)\n\n((?:   .*\n|\n)+)", text):
        block = re.sub(r"^   ", "", block, flags=re.MULTILINE).strip("\n")
        if kind == "pycon":
            found.append((_SESSION, block))
            continue
        for command, printed in re.findall(r"^\$ (.+)\n?((?:(?!\$ ).+\n?)*)", block, re.MULTILINE):
            found.append((command, printed.strip()))
    return [(command, printed) for command, printed in found if not command.startswith(_INSTALLING)]


def _words(text: str) -> str:
    """What is said; figures of trained nets differ from machine to machine."""
    return re.sub(r"[+−-]?\d+", "#", " ".join(text.split()))


def main(environment: Path) -> int:
    """Run all steps; the number of those that did not go as printed."""
    env = {**os.environ, "PATH": f"{environment.resolve() / 'bin'}:{os.environ['PATH']}", "COLUMNS": "400"}
    env |= {"TF_CPP_MIN_LOG_LEVEL": "3", "NO_COLOR": "1"}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for command, printed in steps(PAGE.read_text(encoding="utf-8")):
            start, wanted = time.monotonic(), printed
            if command == _SESSION:  # it holds its own output against the page and says nothing
                (Path(folder) / "session.txt").write_text(printed + "\n", encoding="utf-8")
                wanted = ""
            done = subprocess.run(command, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False)
            same = done.returncode == 0 and _words(done.stdout) == _words(wanted)
            wrong += not same
            print(f"{'ok ' if same else 'NOT'} {time.monotonic() - start:4.0f} s  {command}", flush=True)
            if not same:
                print(f"    exit {done.returncode}; it says:\n{done.stdout}\n{done.stderr[-500:]}")
                print(f"    the page:\n{printed}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
