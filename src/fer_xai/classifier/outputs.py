"""What a model gives: the one output, of several perhaps, that holds the emotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fer_xai.classifier.shapes import Shape
from fer_xai.errors import InputError

USUAL_SIDE = 48


@dataclass(frozen=True)
class Output:
    """One output of a model: its name (`None` where there is only one), its place and its number of values."""

    name: str | None
    index: int
    count: int

    def of(self, model: Any, inputs: Any) -> Any:
        """Call the model in inference and give this output, (N, E) in its own precision; to be traced."""
        return _flat(call_model(model, inputs))[self.index][1]


def find_output(model: Any, input_shape: Shape, wanted: str | int | None = None) -> Output:
    """The output that is the emotions.

    Parameters
    ----------
    wanted : str or int, optional
        Name or place of the output; needed where there are several.

    Raises
    ------
    InputError
        If there are several and none is named, the named one is not there, or it is not (N, E).
    """
    outputs = _declared(model) or _traced(model, input_shape)
    names = [name for name, _ in outputs]
    index = _place(model.name, names, wanted)
    shape = outputs[index][1]
    if len(shape) != 2 or not shape[1]:
        raise InputError(f"model {model.name!r} gives output {shape}; expected (N, number of emotions)")
    return Output(names[index] if len(names) > 1 else None, index, int(shape[1]))


def call_model(model: Any, inputs: Any) -> Any:
    """What the model makes of its inputs in inference, whether its ``call`` knows of training or not."""
    if getattr(model, "_call_has_training_arg", True) and getattr(model, "_expects_training_arg", True):
        return model(inputs, training=False)
    return model(inputs)


def _place(model: str, names: list[str], wanted: str | int | None) -> int:
    if wanted is None:
        if len(names) > 1:
            raise InputError(
                f"model {model!r} has {len(names)} outputs ({', '.join(names)}): name the one with the emotions "
                "(output=…, --output …)"
            )
        return 0
    text = str(wanted)
    if text in names:
        return names.index(text)
    if text.isdigit() and int(text) < len(names):
        return int(text)
    raise InputError(f"model {model!r} has no output {wanted!r}; it has {', '.join(names)}")


def _declared(model: Any) -> list[tuple[str, tuple[int | None, ...]]] | None:
    """Name and shape of the only output, where the model tells without being called."""
    outputs = getattr(model, "outputs", None)
    if not outputs or len(outputs) != 1:
        return None
    return [((getattr(model, "output_names", None) or ["output"])[0], tuple(outputs[0].shape))]


def _traced(model: Any, input_shape: Shape) -> list[tuple[str, tuple[int | None, ...]]]:
    """Names and shapes of all outputs, found by tracing one call: nothing is computed."""
    import tensorflow as tf

    height, width, channels = input_shape
    spec = tf.TensorSpec((None, height or USUAL_SIDE, width or USUAL_SIDE, channels), tf.float32)
    found: list[Any] = []

    @tf.function(input_signature=[spec])
    def probe(inputs: Any) -> Any:
        found.append(call_model(model, inputs))
        return 0

    try:
        probe.get_concrete_function()
    # A model's own code may raise anything at all on an input that it was not made for.
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(f"model {model.name!r} cannot be called on input {tuple(spec.shape)}: {first}") from error
    outputs = _flat(found[-1])
    declared = getattr(model, "output_names", None) or []
    # A dictionary's keys are its names; for a list, Keras knows which layer made each.
    if isinstance(found[-1], Mapping) or len(declared) != len(outputs):
        declared = [name for name, _ in outputs]
    return [(name, tuple(tensor.shape)) for name, (_, tensor) in zip(declared, outputs, strict=True)]


def _flat(result: Any, name: str = "") -> list[tuple[str, Any]]:
    """Every tensor of a model's answer with a name: a dictionary's key, or its place in a list."""
    if isinstance(result, Mapping):
        parts = [(f"{name}{key}", part) for key, part in result.items()]
    elif isinstance(result, Sequence):
        parts = [(f"{name}output_{place}", part) for place, part in enumerate(result)]
    else:
        return [(name or "output_0", result)]
    return [found for inner, part in parts for found in _flat(part, inner)]
