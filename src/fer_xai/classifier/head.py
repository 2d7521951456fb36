"""Logits and probabilities, wherever the softmax is.

The answer is read off the traced program itself, so it does not matter who wrote it: Keras 3, Keras 2, a layer
inside a nested model, or a subclassed model's own code. Nothing here runs; everything is traced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fer_xai.classifier.taps import Call

# Operations that pass every value on, in the same order.
_PASS_THROUGH = frozenset({"Identity", "IdentityN", "Cast", "Reshape", "Squeeze", "ExpandDims", "EnsureShape"})
_ACTIVATIONS = {"Softmax": "softmax", "Sigmoid": "sigmoid"}
_LINEAR = frozenset({"MatMul", "BiasAdd", "LogSoftmax"})
# What an average is made of, besides the softmaxes that it averages and fixed numbers.
_AVERAGING = frozenset({"AddV2", "AddN", "Mul", "RealDiv", "MatMul"})
_FIXED = frozenset({"Const", "ReadVariableOp"})
# Below it a probability's logarithm has no finite slope in float32.
_LEAST_PROBABILITY = 1e-30


@dataclass(frozen=True)
class Head:
    """How a traced model ends.

    Attributes
    ----------
    kind : {"softmax", "sigmoid", "linear", "probabilities"}
        ``probabilities``: the output is probabilities, but what made them is unknown.
    operation : tf.Operation
        What made the output's values.
    logits : tf.Tensor
        (N, E) float32.
    probabilities : tf.Tensor
        (N, E) float32; softmax of the logits, for a sigmoid head each output's own.
    """

    kind: str
    operation: Any
    logits: Any
    probabilities: Any


def find_head(output: Any, gives_probabilities: Callable[[], bool]) -> Head:
    """Find logits and probabilities behind a traced output (N, E).

    Parameters
    ----------
    output : tf.Tensor
        Symbolic: inside a ``tf.function`` or graph.
    gives_probabilities : callable
        Asked only where the program does not tell: are the output's rows probabilities?

    Notes
    -----
    A softmax's or sigmoid's input is the logits. A matrix product, with its bias or without, is logits itself. For
    any other ending the output's own numbers decide: rows of probabilities have their logarithm as logits, any
    other rows are logits.
    """
    import tensorflow as tf

    operation = _maker(output)
    values = tf.cast(output, tf.float32)
    if operation.type in _ACTIVATIONS and operation.inputs[0].shape[-1] == output.shape[-1]:
        logits = tf.reshape(tf.cast(operation.inputs[0], tf.float32), tf.shape(output))
        kind = _ACTIVATIONS[operation.type]
        # Half precision rounds probabilities to three digits; its logits, continued in float32, keep what they know.
        probabilities = values if output.dtype == tf.float32 else getattr(tf.nn, kind)(logits)
        return Head(kind, operation, logits, probabilities)
    if operation.type not in _LINEAR and gives_probabilities():
        return Head("probabilities", operation, tf.math.log(tf.maximum(values, _LEAST_PROBABILITY)), values)
    return Head("linear", operation, values, tf.nn.softmax(values))


def describe_head(head: Head, calls: Sequence[Call]) -> str:
    """One phrase on where the logits are, with the name of the layer that was watched making them."""
    call = next((call for call in calls if head.operation in _makers(call.output)), None)
    layer = f"{type(call.layer).__name__} layer {call.layer.name!r}" if call else "the model's own code"
    if head.kind == "linear":
        why = "linear" if head.operation.type in _LINEAR else "its rows are no probabilities"
        return f"the output itself ({why})"
    averaged = _averaged(head.operation)
    if head.kind == "probabilities" and averaged > 1:
        return f"logarithm of the output, the average of {averaged} softmaxes"
    if head.kind == "probabilities":
        return f"logarithm of the output: how {layer} makes probabilities is unknown"
    if call is None:
        return f"input of the {head.kind} in the model's own code"
    takes_logits = _maker(head.operation.inputs[0]) in _makers(call.input)
    return f"input of the {head.kind} layer {call.layer.name!r}" if takes_logits else f"{layer} before its {head.kind}"


def _averaged(operation: Any) -> int:
    """How many softmaxes an operation averages; 0 where anything else goes into it."""
    found: set[str] = set()
    open_ends = [operation]
    while open_ends:
        operation = open_ends.pop()
        if operation.type == "Softmax":
            found.add(operation.name)
        elif operation.type in _AVERAGING:
            open_ends += [_maker(tensor) for tensor in operation.inputs]
        elif operation.type not in _FIXED:
            return 0
    return len(found)


def rows_are_probabilities(function: Callable[[Any], Any], size: tuple[int, int, int]) -> bool:
    """Whether a classifier's output (N, E) is probabilities: rows ≥ 0 that sum to 1, on every one of eight inputs.

    Parameters
    ----------
    function : callable
        From faces (N, H, W, C) in [0, 1] to the output.
    size : tuple
        (H, W, C) of faces to try it on.
    """
    import numpy as np
    import tensorflow as tf

    rng = np.random.default_rng(0)
    faces = rng.uniform(size=(8, *size)) * np.linspace(0, 1, 8)[:, None, None, None]
    # This is asked while another program is being traced; outside of it the function can be run.
    with tf.init_scope():
        program = tf.function(function).get_concrete_function(tf.TensorSpec(faces.shape, tf.float32))
        output = program(tf.constant(faces, tf.float32)).numpy()
    tolerance = 1e-3 if output.dtype == np.float32 else 1e-2
    rows = output.astype(np.float64)
    return bool((rows >= -tolerance).all() and (np.abs(rows.sum(axis=1) - 1) <= tolerance).all())


def _makers(result: Any) -> list[Any]:
    """The operations that made a layer's answer: one tensor or several."""
    import tensorflow as tf

    return [_maker(tensor) for tensor in tf.nest.flatten(result) if hasattr(tensor, "op")]


def _maker(tensor: Any) -> Any:
    """The operation that made a tensor's values, seen through all that only reshape or cast them."""
    while tensor.op.type in _PASS_THROUGH:
        tensor = tensor.op.inputs[0] if tensor.op.type != "IdentityN" else tensor.op.inputs[tensor.value_index]
    return tensor.op
