"""One file, one recipe, in a folder for each document: a module here with a ``RECIPE`` is listed and trainable."""

from __future__ import annotations

from pathlib import Path

_SHORT = {
    "feature_visualization": "features",
    "network_surgery": "surgery",
    "own": "",
    "saliency_and_app": "app",
    "six_architectures": "six",
}


def recipe_names() -> list[str]:
    """What recipes are called, from their folders' and files' names: known before Keras is loaded."""
    files = sorted(Path(__file__).parent.glob("*/[!_]*.py"))
    named = [f"{_SHORT.get(file.parent.name, file.parent.name)}-{file.stem}" for file in files]
    return [name.strip("-").replace("_", "-") for name in named]
