"""What a model takes: the size and colour of its input, however it was built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fer_xai.errors import InputError

Shape = tuple[int | None, int | None, int]


def find_input_shape(model: Any, given: Sequence[int] | None = None) -> Shape:
    """(H, W, C) of a model's input; H and W are `None` where it takes any size.

    Functional and Sequential models declare it. A subclassed model remembers the shape it was built on. What
    neither tells must be given.

    Raises
    ------
    InputError
        If the model has not been built, has several inputs, takes no images, or its input is unknown or not as given.
    """
    if not model.built:
        raise InputError(
            f"model {model.name!r} has no weights yet: load them, or call it once on a batch of faces (N, H, W, C)"
        )
    declared = _declared(model)
    if given is None:
        if declared is None:
            raise InputError(
                f"model {model.name!r} does not tell its input's shape: give it "
                "(input_shape=(48, 48, 1), --input-shape 48x48x1)"
            )
        return checked_shape(declared, f"model {model.name!r} takes input")
    wanted = checked_shape((None, *given), "input_shape is")
    if declared is not None and not _fits(wanted, declared[1:]):
        raise InputError(f"input_shape {tuple(given)} does not fit model {model.name!r}, which takes {declared}")
    return wanted


def checked_shape(shape: Sequence[int | None], said: str) -> Shape:
    """(H, W, C) of a full shape (N, H, W, C); `said` begins the refusal of any other."""
    if len(shape) == 4 and shape[1] in (1, 3) and shape[3] not in (1, 3):
        raise InputError(f"{said} {tuple(shape)}, channels first; TensorFlow on a CPU needs (N, height, width, 1 or 3)")
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise InputError(f"{said} {tuple(shape)}; expected (N, height, width, 1 or 3)")
    return shape[1], shape[2], shape[3]


def _declared(model: Any) -> tuple[int | None, ...] | None:
    inputs = getattr(model, "inputs", None)
    if inputs:
        if len(inputs) != 1:
            raise InputError(
                f"model {model.name!r} has {len(inputs)} inputs; a classifier of faces has one image input"
            )
        return tuple(inputs[0].shape)
    # Keras 3 keeps the shapes a subclassed model was first called on, Keras 2 the one it was built with.
    built_on = (getattr(model, "_build_shapes_dict", None) or {}).values()
    shape = next(iter(built_on), None) or getattr(model, "_build_input_shape", None)
    is_plain = isinstance(shape, Sequence) or hasattr(shape, "as_list")
    sides = tuple(shape) if is_plain else ()  # type: ignore[arg-type]
    return sides if len(sides) == 4 and isinstance(sides[3], int) else None


def _fits(wanted: Shape, declared: Sequence[int | None]) -> bool:
    return len(declared) == 3 and all(theirs in (None, ours) for ours, theirs in zip(wanted, declared, strict=True))
