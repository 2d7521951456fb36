"""Two batches at once: results in the items' order, items made meanwhile, errors where they belong, no thread left."""

from __future__ import annotations

import threading

import pytest

from fer_xai.engine.streams import two_at_once


def _streams() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fer-xai-stream")]


def test_results_come_in_the_order_of_the_items():
    last = threading.Event()

    def work(n: int) -> int:
        if n == 4:
            last.set()
        return n if n != 3 or last.wait(10) else -1  # the third waits for the fourth

    assert list(two_at_once(work, range(6))) == list(range(6))
    assert list(two_at_once(work, ())) == []


def test_two_are_worked_on_together_while_the_caller_makes_the_next():
    both, made = threading.Barrier(2), []

    def items():
        for n in range(4):
            made.append(threading.current_thread())
            yield n

    def work(n: int) -> int:
        both.wait(10)  # breaks unless two are here at once
        return n

    assert list(two_at_once(work, items())) == list(range(4))
    assert set(made) == {threading.current_thread()}


def test_no_more_than_three_items_are_held():
    made, done = [], []

    def items():
        for n in range(20):
            made.append(n)
            yield n

    for n in two_at_once(lambda n: n, items()):
        done.append(n)
        assert len(made) <= len(done) + 2


def test_errors_of_the_work_and_of_the_items_reach_the_caller_and_no_thread_stays():
    def work(n: int) -> int:
        if n == 1:
            raise ValueError("the second fails")
        return n

    coming = two_at_once(work, range(9))
    assert next(coming) == 0
    with pytest.raises(ValueError, match="the second fails"):
        next(coming)

    def items():
        yield 0
        raise KeyError("no second item")

    with pytest.raises(KeyError, match="no second item"):
        list(two_at_once(work, items()))
    half_way = two_at_once(lambda n: n, range(9))
    next(half_way)
    half_way.close()
    assert not _streams()
