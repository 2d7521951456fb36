"""A convolution's filters, as numbers that can be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine.activations import Activations, Convolution

MOST_OUTPUTS = 32
MOST_INPUTS = 8


@dataclass(frozen=True)
class Filters:
    """Some or all filters of a convolution, strongest first.

    Attributes
    ----------
    kernels : ndarray (O, I, h, w) or (O, h, w, C), float32
        For each output channel shown its kernels of the input channels shown; or, with `colours`, its kernel in the
        input's own colours, C = 1 (grey) or 3 (red, green, blue). Empty (0, 0, 0, 0) where there is no spatial pattern.
    outputs : tuple of int
        Output channels shown; for a depthwise kernel its own channels.
    inputs : tuple of tuple of int
        For each of them the input channels shown; empty with `colours`.
    of_outputs, of_inputs : int
        How many there are.
    colours : bool
        Whether the kernels see the picture itself.
    limit : float
        The largest absolute weight shown: colours run from −limit to +limit, 0 in the middle.
    note : str
        What is shown, in one or two sentences.
    """

    kernels: np.ndarray
    outputs: tuple[int, ...]
    inputs: tuple[tuple[int, ...], ...]
    of_outputs: int
    of_inputs: int
    colours: bool
    limit: float
    note: str


def filters_of(
    classifier: Classifier | Activations, layer: str, outputs: int = MOST_OUTPUTS, inputs: int = MOST_INPUTS
) -> Filters:
    """Read the filters of a convolution.

    Parameters
    ----------
    classifier : Classifier or Activations
    layer : str
        Path or name.
    outputs, inputs : int
        Most output channels, and most input channels of each, to show; those with the largest weights
        (root of the sum of squares) are chosen, ties by number.

    Returns
    -------
    Filters

    Raises
    ------
    InputError
        If there is no such convolution, or the classifier is a black box.
    """
    activations = classifier if isinstance(classifier, Activations) else Activations(classifier)
    one = activations.convolution(layer)
    kernel, groups, note = _kernel(one)
    if kernel is None:
        return _nothing(note)
    height, width, seen, made = kernel.shape
    if (height, width) == (1, 1):
        return _nothing(
            f"1×1 weights from {seen} to {made} channels: they mix channels at each place and have no spatial pattern."
        )
    if one == activations.convolutions[0] and seen == activations.face_size[2] and groups == 1:
        return _in_colours(_seen_colours(activations, kernel), outputs, note)
    return _as_grids(kernel, groups, note, outputs, inputs)


def _kernel(one: Convolution) -> tuple[np.ndarray | None, int, str]:
    """The spatial kernel (h, w, inputs that each output sees, outputs), groups of inputs, and a note."""
    layer = one.layer
    kernel = getattr(layer, "depthwise_kernel", None)
    separable = kernel is not None and hasattr(layer, "pointwise_kernel")
    depthwise = kernel is not None or "Depthwise" in one.kind
    kernel = getattr(layer, "kernel", None) if kernel is None else kernel
    values = None if kernel is None else np.asarray(_numbers(kernel), np.float32)
    if values is None or values.ndim != 4:
        return None, 1, f"A {one.kind} layer keeps its weights in a way of its own: its filters are not shown."
    if depthwise:
        # (h, w, C, M) → output c·M + m sees input c alone.
        seen = values.shape[2]
        pointwise = f" A 1×1 step without spatial pattern then mixes them to {one.channels}." if separable else ""
        values = values.reshape(*values.shape[:2], 1, -1)
        return values, seen, f"Depthwise: each filter sees one input channel alone.{pointwise}"
    if "Transpose" in one.kind:
        return values.swapaxes(2, 3), 1, "Transposed: what one input value paints into each output channel."
    return values, int(getattr(layer, "groups", 1) or 1), ""


def _numbers(weight: Any) -> Any:
    return weight.numpy() if hasattr(weight, "numpy") else weight


def _strength(kernel: np.ndarray, axis: tuple[int, ...]) -> np.ndarray:
    return np.sqrt((kernel.astype(np.float64) ** 2).sum(axis=axis))


def _strongest(strength: np.ndarray, most: int) -> np.ndarray:
    return np.argsort(-strength, axis=-1, kind="stable")[..., :most]


def _in_colours(kernel: np.ndarray, most: int, note: str) -> Filters:
    seen, made = kernel.shape[2:]
    chosen = _strongest(_strength(kernel, (0, 1, 2)), most)
    kernels = kernel[..., chosen].transpose(3, 0, 1, 2)
    meant = "in red, green and blue" if seen == 3 else "in grey"
    return Filters(
        kernels,
        tuple(int(o) for o in chosen),
        (),
        made,
        seen,
        colours=True,
        limit=float(np.abs(kernels).max()),
        note=f"{_some(len(chosen), made, 'filter')} as the picture's own pixels {meant}: middle grey is a weight of 0, "
        f"lighter is positive, darker is negative.{' ' + note if note else ''}",
    )


def _as_grids(kernel: np.ndarray, groups: int, note: str, most_outputs: int, most_inputs: int) -> Filters:
    _, _, seen, made = kernel.shape
    chosen = _strongest(_strength(kernel, (0, 1, 2)), most_outputs)
    per_input = _strength(kernel, (0, 1)).T[chosen]
    picked = _strongest(per_input, most_inputs)
    kernels = np.stack([kernel[:, :, i, o].transpose(2, 0, 1) for o, i in zip(chosen, picked, strict=True)])
    # Output o of a grouped convolution sees only its group's inputs.
    first = chosen // (made // groups) * seen
    if seen == 1:
        what = _some(len(chosen), made, "filter")
    else:
        what = (
            f"{_some(len(chosen), made, 'output channel')}, a row each: its kernels for "
            f"{_some(picked.shape[1], seen, 'input channel').lower()}, strongest first"
        )
    return Filters(
        kernels,
        tuple(int(o) for o in chosen),
        tuple(tuple(int(i) for i in row + start) for row, start in zip(picked, first, strict=True)),
        made,
        seen,
        colours=False,
        limit=float(np.abs(kernels).max()),
        note=f"{what}.{' ' + note if note else ''}",
    )


def _some(shown: int, all_: int, what: str) -> str:
    plural = what if all_ == 1 else f"{what}s"
    return f"All {all_} {plural}" if shown == all_ else f"The {shown} strongest of {all_} {plural}"


def _nothing(note: str) -> Filters:
    return Filters(np.zeros((0, 0, 0, 0), np.float32), (), (), 0, 0, colours=False, limit=0.0, note=note)


def _seen_colours(activations: Activations, kernel: np.ndarray) -> np.ndarray:
    """The first kernel's inputs as red, green and blue, whatever the model's own order; as grey where it sees grey.

    The preprocessing itself is asked which of the model's channels move with red, green and blue.
    """
    if kernel.shape[2] == 1:
        return kernel
    colours = np.concatenate([np.zeros((1, 3)), np.eye(3)]).astype(np.float32)[:, None, None]
    faces = np.broadcast_to(colours, (4, *activations.face_size))
    made = activations.preprocessed(np.ascontiguousarray(faces)).mean(axis=(1, 2))
    moved = np.abs(made[1:] - made[0])
    if (moved > 1e-6).all():
        return kernel.sum(axis=2, keepdims=True)
    return kernel[:, :, moved.argmax(axis=1)]
