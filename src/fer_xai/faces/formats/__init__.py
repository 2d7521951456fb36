"""One file per format: a module with ``reads(source)`` and ``load(source, size)``."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from fer_xai.errors import InputError


def find_format(source: str | Path) -> Any:
    """The module that reads `source`.

    Raises
    ------
    InputError
        If there is no such file, or no format fits.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    for module in modules:
        if module.reads(source):
            return module
    if not Path(source).exists():
        raise InputError(f"no data at {source}: give a CSV, a folder, an .npz, a picture, sample or drawn")
    formats = "; ".join(module.WHAT for module in modules)
    raise InputError(f"{source} is of no known format; known are {formats}")
