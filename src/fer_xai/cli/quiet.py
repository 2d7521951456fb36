"""Load TensorFlow without its banner."""

from __future__ import annotations

import os
import sys
import tempfile

from fer_xai.cli.loudness import Loudness, chosen


def load_tensorflow() -> None:
    """Import TensorFlow with its C++ banner kept off stderr; all is shown if the import fails, or with ``--verbose``.

    Its libraries write to the file descriptor before any log level can be set, and "one clear line on
    stderr" would otherwise drown in hardware notes.
    """
    if chosen() is Loudness.VERBOSE:
        _import()
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as banner:
        os.dup2(banner.fileno(), 2)
        try:
            _import()
        except Exception:
            banner.seek(0)
            os.write(kept, banner.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _import() -> None:
    """Import TensorFlow and have it say what it says but once: some at the first tensor, some at the first mesh."""
    import tensorflow as tf

    from fer_xai.faces.landmarks import mesh_file, open_interpreter

    tf.constant(0)
    open_interpreter(mesh_file()).allocate_tensors()
