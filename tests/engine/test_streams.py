"""Two batches at once: results in the items' order, items made meanwhile, errors where they belong, no thread left."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from fer_xai.engine.streams import some_at_once


def _streams() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fer-xai-stream")]


def test_results_come_in_the_order_of_the_items():
    last = threading.Event()

    def work(n: int) -> int:
        if n == 4:
            last.set()
        return n if n != 3 or last.wait(10) else -1  # the third waits for the fourth

    assert list(some_at_once(work, range(6))) == list(range(6))
    assert list(some_at_once(work, ())) == []


def test_two_are_worked_on_together_while_the_caller_makes_the_next():
    both, made = threading.Barrier(2), []

    def items():
        for n in range(4):
            made.append(threading.current_thread())
            yield n

    def work(n: int) -> int:
        both.wait(10)  # breaks unless two are here at once
        return n

    assert list(some_at_once(work, items())) == list(range(4))
    assert set(made) == {threading.current_thread()}


def test_no_more_than_three_items_are_held():
    made, done = [], []

    def items():
        for n in range(20):
            made.append(n)
            yield n

    for n in some_at_once(lambda n: n, items()):
        done.append(n)
        assert len(made) <= len(done) + 2


def test_errors_of_the_work_and_of_the_items_reach_the_caller_and_no_thread_stays():
    def work(n: int) -> int:
        if n == 1:
            raise ValueError("the second fails")
        return n

    coming = some_at_once(work, range(9))
    assert next(coming) == 0
    with pytest.raises(ValueError, match="the second fails"):
        next(coming)

    def items():
        yield 0
        raise KeyError("no second item")

    with pytest.raises(KeyError, match="no second item"):
        list(some_at_once(work, items()))
    half_way = some_at_once(lambda n: n, range(9))
    next(half_way)
    half_way.close()
    assert not _streams()


def test_where_one_thread_is_allowed_one_stream_runs():
    code = "from fer_xai.engine.streams import streams; print(streams())"
    usual = {key: value for key, value in os.environ.items() if key != "TF_NUM_INTRAOP_THREADS"}

    def said(**more: str) -> str:
        run = [sys.executable, "-W", "ignore", "-c", code]
        return subprocess.run(run, env=usual | more, capture_output=True, text=True, check=True).stdout.strip()

    assert said(TF_NUM_INTRAOP_THREADS="1") == "1"
    if len(os.sched_getaffinity(0)) > 1:
        assert said() == "2"
    only = sorted(os.sched_getaffinity(0))[:1]
    code = f"import os; os.sched_setaffinity(0, {only}); {code}"
    assert said() == "1"
