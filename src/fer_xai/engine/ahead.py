"""What comes next is made while the device works."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, each made on another thread while the one before it is used.

    An error while making an item is raised where the item would have come.
    """
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="fer-xai-ahead") as maker:
        coming = maker.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = maker.submit(next, items, end)
            yield item  # type: ignore[misc]
