"""The machine a run was made on, in general words: enough to judge its time, not enough to find it."""

from __future__ import annotations

import os
import platform

import keras


def describe_machine() -> str:
    """For example ``2 CPU cores (x86_64), Keras 3.15 on tensorflow``."""
    gpus = len(keras.distribution.list_devices("gpu"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    words = f"{cores} CPU core{'s' if cores != 1 else ''} ({platform.machine()})"
    words = f"{gpus} GPU{'s' if gpus != 1 else ''}, {words}" if gpus else words
    version = ".".join(keras.__version__.split(".")[:2])
    return f"{words}, Keras {version} on {keras.backend.backend()}"
