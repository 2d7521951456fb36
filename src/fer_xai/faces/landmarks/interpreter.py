"""Run ``.tflite`` files: the mesh, the regressor, the face detectors."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from typing import Any


def open_interpreter(path: Path) -> Any:
    """Open a ``.tflite`` file by LiteRT where it is installed, else by TensorFlow."""
    if importlib.util.find_spec("ai_edge_litert"):
        from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-not-found, unused-ignore]

        return Interpreter(model_path=str(path), num_threads=1)
    import tensorflow as tf

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"[\s\S]*tf\.lite\.Interpreter is deprecated", category=UserWarning)
        return tf.lite.Interpreter(model_path=str(path), num_threads=1)
