"""Where a model's logits are."""

from __future__ import annotations

from typing import Any

from fer_xai.classifier.taps import Call, layers_of, watching

_PASS_THROUGH = ("Dropout", "Flatten", "Reshape", "ActivityRegularization")
_LINEAR = ("Dense", "Conv2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Activation")


def logits_and_probabilities(model: Any, inputs: Any) -> tuple[Any, Any]:
    """Call `model` and return its logits and probabilities, both (N, E) float32; to be traced, not run eagerly.

    The layer that makes the output decides: a softmax layer's input is the logits; a Dense layer with an
    activation has them in ``input @ kernel + bias``; a linear output is logits itself. For any other ending
    the output is taken for probabilities and the logits are its logarithm.
    """
    from keras import ops

    with watching(layers_of(model)) as calls:
        output = model(inputs, training=False)
    output = ops.cast(output, "float32")
    last = next((call for call in reversed(calls) if type(call.layer).__name__ not in _PASS_THROUGH), None)
    logits = _pre_activation(last) if last is not None else None
    if logits is None:
        return ops.log(ops.clip(output, 1e-12, 1.0)), output
    logits = ops.reshape(ops.cast(logits, "float32"), ops.shape(output))
    return logits, ops.softmax(logits) if _is_linear(last) else output


def _pre_activation(call: Call) -> Any | None:
    from keras import ops

    kind, activation = type(call.layer).__name__, _activation(call.layer)
    if kind == "Softmax" or (kind == "Activation" and activation in ("softmax", "sigmoid")):
        return call.input
    if kind == "Dense" and activation != "linear":
        weights = ops.cast(call.layer.kernel, "float32")
        logits = ops.matmul(ops.cast(call.input, "float32"), weights)
        return logits if call.layer.bias is None else logits + ops.cast(call.layer.bias, "float32")
    return call.output if _is_linear(call) else None


def _is_linear(call: Call | None) -> bool:
    return call is not None and type(call.layer).__name__ in _LINEAR and _activation(call.layer) == "linear"


def _activation(layer: Any) -> str:
    """Name of a layer's activation; a layer without one passes values on as they are."""
    activation = getattr(layer, "activation", None)
    return "linear" if activation is None else getattr(activation, "__name__", "unknown")
