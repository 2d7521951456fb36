"""What the pages' scripts need beside the pages: the scripts themselves, and data that local pages can read.

A page opened from a disk may not fetch files, but it may load scripts: so data are written as scripts of one call,
``ferxai.told(name, value)``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fer_xai.atomic import write_bytes

FOLDER = "assets"
# `file:` for browsers that do not take a local folder for a page's own place; on a server it allows nothing.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'unsafe-inline'; img-src 'self' file: data:; "
    "base-uri 'none'; form-action 'none'"
)
_BEFORE, _AFTER = "ferxai.told(", ");\n"


def write_scripts(folder: Path, source: Path, *names: str) -> None:
    """Copy scripts from the template folder ``source`` into a report's folder."""
    for name in names:
        write_bytes(folder / FOLDER / name, (source / name).read_bytes())


def write_data(folder: Path, name: str, value: Any) -> None:
    """Write ``faces/<name>.js``, which tells the faces page a value by its name."""
    text = f"{_BEFORE}{json.dumps(name)}, {harmless_json(value)}{_AFTER}"
    write_bytes(folder / "faces" / f"{name}.js", text.encode())


def told(script: str) -> str:
    """The JSON value in the text of a file that `write_data` wrote."""
    return script.removeprefix(_BEFORE).removesuffix(_AFTER).partition(", ")[2]


def harmless_json(value: Any) -> str:
    """JSON in ASCII that can stand within a script element: no text in it can end the element."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
