"""One file per check: a module with ``TITLE``, ``NEEDS`` and ``find(request)``.

``TITLE`` says in one line what the check finds, ``NEEDS`` names what it cannot do without (``"votes"``,
``"emotions"``, or ``None``), and ``find`` gives its `fer_xai.faces.cleaning.request.Finding` s.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def list_checks() -> dict[str, Any]:
    """Every check's module by its name, in order of names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
