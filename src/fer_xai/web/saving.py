"""Explanations on disk, only where the app was started with a folder for them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from fer_xai.atomic import write_bytes
from fer_xai.web.problems import Problem


def save(folder: Path, answer: dict[str, Any]) -> str:
    """Write an answer as JSON, pictures included, and return its name.

    The name is a hash of what was asked and seen, never anything that the client sent: asking the same twice writes one
    file.
    """
    kept = {key: value for key, value in answer.items() if key != "seconds"}
    content = json.dumps(kept, indent=1, allow_nan=False).encode()
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.json"
    try:
        write_bytes(folder / name, content)
    except OSError as error:
        raise Problem("not_saved", f"the explanation could not be saved ({error.strerror})") from None
    return name
