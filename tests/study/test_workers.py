"""Who explains does not matter: the rows are the same, and what is lost is made again."""

from __future__ import annotations

import importlib.util
import os
import pickle
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.faces import Faces, load_faces
from fer_xai.study import Study, run_study
from fer_xai.study.workers import HERE, Processes, Ray, Workers
from tests.conftest import STUBS

METHODS = ("lime:slic", "occlusion")
OPTIONS = {"lime:slic": {"samples": 40}}
TABLES = ("predictions", "landmarks", "regions", "agreement", "profiles", "ablation", "occluders")

needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra ray")


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Three chunks, the last one small."""
    pixels = load_faces("sample")[:66].pixels()
    return Faces.from_array(pixels, [("happy", "sad", "angry", "neutral")[n % 4] for n in range(66)])


def run(faces: Faces, out: Path, workers: Workers, **more: Any) -> Study:
    classifier = Classifier(STUBS["softmax_in_dense"](), "fer2013", "unit")
    settings: dict[str, Any] = {"methods": METHODS, "options": OPTIONS, "trust": 0}
    return run_study(classifier, faces, out, workers=workers, **settings | more)


@pytest.fixture(scope="module")
def alone(faces: Faces, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(faces, tmp_path_factory.mktemp("alone"), HERE)


def assert_same_rows(study: Study, alone: Study) -> None:
    assert study.tables == alone.tables
    for name in TABLES:
        pd.testing.assert_frame_equal(study.table(name), alone.table(name), atol=1e-5, rtol=1e-4, obj=name)
    for method in METHODS:
        assert np.allclose(study.maps(method)[0], alone.maps(method)[0], atol=1e-5)


def test_a_classifier_and_faces_go_to_another_process_as_they_are(faces):
    classifier = Classifier(STUBS["softmax_in_dense"](), scaling="tf")
    again = pickle.loads(pickle.dumps(classifier))
    assert (again.describe(), again.assumed) == (classifier.describe(), ("emotions",))
    part = pickle.loads(pickle.dumps(faces[60:]))
    assert len(pickle.dumps(part)) < 30_000  # six faces of 2,304 bytes, not all
    assert np.array_equal(part.pixels(), faces[60:].pixels())
    assert part.table.equals(faces[60:].table)


def test_processes_give_the_same_rows_and_go_on_where_another_run_stopped(faces, alone, tmp_path):
    class Stop(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        if done >= 64:
            raise Stop

    said: list[tuple[int, int]] = []
    environment = dict(os.environ)
    with pytest.raises(Stop):
        run(faces, tmp_path, HERE, track=stop)
    first = tmp_path / "maps" / "occlusion" / "00000000.npz"
    written = first.stat().st_mtime_ns
    study = run(faces, tmp_path, Processes(2), track=lambda what, done, total: said.append((done, total)))
    assert_same_rows(study, alone)
    assert first.stat().st_mtime_ns == written
    assert (said[0], said[2]) == ((64, 132), (132, 132))
    assert dict(os.environ) == environment


def test_a_process_that_is_gone_is_told_and_nothing_is_lost(faces, alone, tmp_path):
    import multiprocessing

    def kill() -> None:
        deadline = time.monotonic() + 120
        while not list(tmp_path.glob("maps/occlusion/*.npz")) and time.monotonic() < deadline:
            time.sleep(0.02)
        for process in multiprocessing.active_children():
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(InputError, match=r"a worker was ended from outside.*give the same command again"):
        run(faces, tmp_path, Processes(1))
    killer.join()
    assert not multiprocessing.active_children()
    assert_same_rows(run(faces, tmp_path, HERE), alone)


def test_a_model_that_cannot_be_handed_on_is_refused(faces, tmp_path):
    classifier = Classifier.from_function(lambda images: np.full((len(images), 7), 1 / 7), "fer2013")
    with pytest.raises(InputError, match=r"cannot be handed to other processes .* leave the workers out"):
        run_study(classifier, faces[:2], tmp_path, methods=["occlusion"], trust=0, workers=Processes(2))


def test_without_ray_it_says_what_to_install(faces, tmp_path, monkeypatch):
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("fer_xai.study.workers.ray.importlib.import_module", absent)
    with pytest.raises(InputError, match=r"pip install 'fer-xai\[ray\]'"):
        run(faces[:2], tmp_path, Ray(1))


@needs_ray
def test_a_ray_cluster_that_loses_a_node_gives_the_same_rows(faces, alone, tmp_path):
    ray, Cluster = pytest.importorskip("ray"), importlib.import_module("ray.cluster_utils").Cluster
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    second = cluster.add_node(num_cpus=1)
    taken: list[str] = []

    def take(what: str, done: int, total: int) -> None:
        if done and not taken:
            taken.append(what)
            cluster.remove_node(second, allow_graceful=False)

    try:
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        study = run(faces, tmp_path, Ray(2), track=take)
        assert taken
        deadline = time.monotonic() + 60  # until the head misses the node
        while sum(node["Alive"] for node in ray.nodes()) > 1 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert [node["Alive"] for node in ray.nodes()].count(False) == 1
    finally:
        ray.shutdown()
        cluster.shutdown()
    assert_same_rows(study, alone)
