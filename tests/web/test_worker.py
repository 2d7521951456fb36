"""The queue: bounded, patient for so long, predictions first, and alive whatever happens."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fer_xai.web import make_app
from fer_xai.web.problems import Problem
from fer_xai.web.worker import Worker
from tests.web.conftest import by_mouth, encoded, stub


class Gate:
    """A call that waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.open.wait(20)
        return "done"


def until(condition) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_calls_run_one_after_the_other_in_the_same_thread():
    worker, running, names = Worker(8), [], set()

    def call() -> int:
        running.append(1)
        names.add(threading.current_thread().name)
        most = len(running)
        running.pop()
        return most

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: worker.run(call, 20), range(40)))
    assert max(found) == 1
    assert names == {"fer-xai models"}


def test_a_full_queue_refuses_at_once_and_places_come_back():
    worker = Worker(2)
    with worker.place(), worker.place():
        assert worker.held == 2
        with pytest.raises(Problem, match="waiting already") as refused, worker.place():
            pass
        assert refused.value.code == "busy"
    assert worker.held == 0
    with pytest.raises(ZeroDivisionError), worker.place():
        raise ZeroDivisionError
    with worker.place(), worker.place():
        assert worker.held == 2


def test_predictions_go_before_explanations():
    worker, order, gate = Worker(4), [], Gate()
    with ThreadPoolExecutor(4) as pool:
        pool.submit(worker.run, gate, 20)
        gate.begun.wait(20)
        slow = [pool.submit(worker.run, lambda: order.append("explain"), 20)]
        until(lambda: worker._calls.qsize() == 1)
        slow.append(pool.submit(worker.run, lambda: order.append("predict"), 20, True))
        until(lambda: worker._calls.qsize() == 2)
        gate.open.set()
        [future.result(20) for future in slow]
    assert order == ["predict", "explain"]


def test_who_waits_too_long_is_told_and_never_served():
    worker, gate, served = Worker(4), Gate(), []
    with ThreadPoolExecutor(4) as pool:
        running = pool.submit(worker.run, gate, 0.2)
        gate.begun.wait(20)
        waiting = pool.submit(worker.run, lambda: served.append(1), 0.2)
        assert running.exception(20).code == "too_slow", "it had begun"
        assert waiting.exception(20).code == "busy", "it had not"
        gate.open.set()
        assert worker.run(lambda: "next", 20) == "next"
    assert not served


def test_a_call_that_raises_harms_nobody():
    worker = Worker(2)
    for error in (ValueError("a"), TimeoutError("its own"), SystemExit(1), KeyboardInterrupt()):

        def call(error: BaseException = error) -> None:
            raise error

        with pytest.raises(type(error)):
            worker.run(call, 20)
    assert worker.run(lambda: 1, 20) == 1
    assert worker.alive


def test_the_last_photo_is_not_kept():
    import gc
    import weakref

    class Photo:
        pass

    worker, photo = Worker(2), Photo()
    gone = weakref.ref(photo)
    worker.run(lambda held=photo: type(held), 20)
    del photo
    worker.run(lambda: None, 20)
    gc.collect()
    assert gone() is None


def test_a_busy_app_says_when_to_come_back_and_stays_healthy(tight, crop, post):
    gate = Gate()

    def slow(faces):
        gate()
        return by_mouth(faces)

    app = make_app({"slow": stub(slow)}, tight)
    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(post, "predict", encoded(crop), to=app.test_client()) for _ in range(2)]
        gate.begun.wait(20)
        until(lambda: app.config["worker"].held == 2)
        refused = post("predict", encoded(crop), to=app.test_client())
        health = app.test_client().get("/healthz")
        late = {future.result(20).get_json()["error"]["code"] for future in held}
        gate.open.set()
    assert refused.status_code == 503
    assert refused.get_json()["error"]["code"] == "busy"
    assert int(refused.headers["Retry-After"]) >= 1
    assert health.get_json() == {"alive": True, "waiting": 2, "places": 2}
    assert late == {"too_slow", "busy"}
    assert post("predict", encoded(crop), to=app.test_client()).status_code == 200
