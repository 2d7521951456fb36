"""Load TensorFlow without its banner."""

from __future__ import annotations

import os
import sys
import tempfile


def load_tensorflow() -> None:
    """Import TensorFlow with its C++ banner kept off stderr; what it said is shown if the import fails.

    Its libraries write to the file descriptor before any log level can be set, and "one clear line on
    stderr" would otherwise drown in hardware notes.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as banner:
        os.dup2(banner.fileno(), 2)
        try:
            import tensorflow as tf

            tf.constant(0)
            _first_interpreter()
        except BaseException:
            banner.seek(0)
            os.write(kept, banner.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _first_interpreter() -> None:
    """The first TensorFlow Lite interpreter of a process announces its delegate."""
    from fer_xai.faces.landmarks import mesh_file, open_interpreter

    open_interpreter(mesh_file()).allocate_tensors()
