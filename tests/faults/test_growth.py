"""Two thousand explanations in one process: memory, threads and open files stay as they were."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from fer_xai import explain
from fer_xai.classifier import Classifier
from fer_xai.faces.drawn import draw
from tests.stubs import STUBS

METHODS = {"saliency": {}, "gradcam": {}, "occlusion": {"patch": 16, "stride": 16}, "lime:slic": {"samples": 20}}
EXPLANATIONS = 2000
MOST = 30e6  # bytes; one explanation in memory is 20,000
_HERE = Path("/proc/self")


def resident() -> int:
    """Bytes of memory that the process has now."""
    gc.collect()
    return int((_HERE / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    return len(list((_HERE / "fd").iterdir()))


def system_threads() -> int:
    return len(list((_HERE / "task").iterdir()))


@pytest.mark.skipif(not (_HERE / "statm").exists(), reason="the system does not tell what a process has")
def test_two_thousand_explanations_leave_nothing_behind():
    classifier, faces = Classifier(STUBS["softmax_in_dense"]()), draw(25).faces

    def some(count: int, seed: int) -> None:
        each = count // len(METHODS)
        for method, options in METHODS.items():
            for number in range(each):
                face = faces[number % len(faces)]
                assert np.isfinite(explain(classifier, face, method, seed=seed, **options).attributions).all()

    some(200, seed=0)  # what is kept once: traced programs, thread pools, caches of the allocator
    before = resident(), open_files(), threading.active_count(), system_threads()
    some(EXPLANATIONS, seed=1)
    assert resident() - before[0] < MOST
    assert (open_files(), threading.active_count()) == before[1:3]
    assert system_threads() <= before[3] + 2


@pytest.mark.skipif(not (_HERE / "fd").exists(), reason="the system does not tell what a process has")
def test_refusals_leave_no_file_open(tmp_path):
    """A damaged file is closed again, however it is damaged."""
    from fer_xai import load_classifier, load_faces
    from fer_xai.errors import InputError
    from fer_xai.explanation import Explanation

    before = open_files()
    for name in ("x.keras", "x.h5", "x.npz", "x.csv", "x.png", "x.jpg"):
        for content in (b"", b"PK\x03\x04broken", b"\x89HDF\r\n\x1a\nbroken", b"\x89PNG\r\n\x1a\nbroken"):
            path = tmp_path / name
            path.write_bytes(content)
            for read in (load_classifier, load_faces, Explanation.load):
                with pytest.raises(InputError):
                    read(path)
    gc.collect()
    assert open_files() == before
