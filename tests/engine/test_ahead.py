"""Making items ahead: the same items, on another thread, one before it is asked for, errors where they belong."""

from __future__ import annotations

import threading

import pytest

from fer_xai.engine.ahead import ahead


def test_the_same_items_in_the_same_order_made_elsewhere():
    makers = []

    def items():
        for n in range(5):
            makers.append(threading.current_thread())
            yield n

    assert list(ahead(items())) == list(range(5))
    assert threading.current_thread() not in makers
    assert list(ahead(iter(()))) == []


def test_the_next_item_is_made_while_one_is_used():
    made = [threading.Event() for _ in range(3)]

    def items():
        for n, event in enumerate(made):
            event.set()
            yield n

    for n in ahead(items()):
        assert n == 2 or made[n + 1].wait(10)


def test_an_error_comes_where_its_item_would_and_no_thread_stays():
    def items():
        yield 1
        raise ValueError("no second item")

    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(ValueError, match="no second item"):
        next(coming)
    half_way = ahead(iter(range(9)))
    next(half_way)
    half_way.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fer-xai-ahead")]
