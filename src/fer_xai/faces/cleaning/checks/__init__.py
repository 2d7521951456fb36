"""One file per check: a module with ``TITLE``, ``NEEDS``, ``RIGHT`` and ``find(request)``.

``TITLE`` says in one line what the check finds, ``NEEDS`` names what it cannot do without (``"votes"``,
``"emotions"``, or ``None``), ``RIGHT`` how many of how many it found were right by eye (``None`` for what is a fact;
see README.md in the folder above), and ``find`` gives its `fer_xai.faces.cleaning.request.Finding` s, the surest first.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def list_checks() -> dict[str, Any]:
    """Every check's module by its name: facts first, then guesses, the better ones before the worse."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    checks = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return dict(sorted(checks.items(), key=lambda item: _doubt(item[1])))


def _doubt(check: Any) -> float:
    """How often a check is wrong: of facts never."""
    if check.RIGHT is None:
        return -1.0
    right, found = check.RIGHT
    return 1 - float(right) / found
