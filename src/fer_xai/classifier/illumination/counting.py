"""Histograms of many groups of pixels at once, and tables looked up between their entries."""

from __future__ import annotations

from typing import Any

from keras import ops


def histograms(values: Any, bins: int) -> Any:
    """Count values in [0, 1] in equal bins, group by group.

    Parameters
    ----------
    values : tensor (N, G, P)
        P pixels of each of G groups of N faces.
    bins : int

    Returns
    -------
    tensor (N, G, bins)
        Counts. They are steps of the values, so their slope is zero wherever they have one: no gradient passes.
    """
    faces, groups = ops.shape(values)[0], values.shape[1]
    which = ops.cast(ops.floor(ops.stop_gradient(values) * bins), "int32")
    which = ops.clip(which, 0, bins - 1)
    first = ops.reshape(ops.arange(faces * groups, dtype="int32") * bins, (faces, groups, 1))
    flat = ops.reshape(which + first, (-1,))
    counts = ops.segment_sum(ops.ones_like(flat, dtype="float32"), flat, num_segments=faces * groups * bins)
    return ops.reshape(counts, (faces, groups, bins))


def between(tables: Any, start: Any, place: Any, bins: int) -> Any:
    """Look up tables between their entries, linearly.

    Parameters
    ----------
    tables : tensor (N, T · bins)
        T tables of each face, one after the other.
    start : tensor (N or 1, P) of int
        Where each pixel's table starts.
    place : tensor (N, P)
        In entries: 0 is a table's first entry, bins − 1 its last; what lies outside takes the nearest.
    bins : int

    Returns
    -------
    tensor (N, P)
        Differentiable with respect to `place` and `tables`.
    """
    place = ops.clip(place, 0.0, bins - 1.0)
    low = ops.stop_gradient(ops.floor(place))
    share = place - low
    low = ops.cast(low, "int32")
    high = ops.minimum(low + 1, bins - 1)
    below = ops.take_along_axis(tables, start + low, axis=1)
    above = ops.take_along_axis(tables, start + high, axis=1)
    return below * (1.0 - share) + above * share


def stretched(luma: Any) -> tuple[Any, Any]:
    """Each face (N, H, W) with its darkest pixel at 0 and its lightest at 1, and which faces hold more than one value.

    A face of one value stays as it is.
    """
    low, high = ops.min(luma, axis=(1, 2), keepdims=True), ops.max(luma, axis=(1, 2), keepdims=True)
    varied = high > low
    return ops.where(varied, (luma - low) / ops.where(varied, high - low, 1.0), luma), varied
