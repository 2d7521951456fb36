"""What batch normalisations would have gathered on faces, had the weights before them always been these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from fer_xai.classifier.taps import shadowing


def batch_normalisations(layers: Sequence[Any]) -> list[Any]:
    """Those layers that gather a mean and a variance while they are trained."""
    return [layer for layer in layers if hasattr(layer, "moving_mean") and hasattr(layer, "moving_variance")]


@contextmanager
def normalising_by(scope: Any, anew: Sequence[tuple[Any, Any]]) -> Iterator[dict[int, tuple[Any, Any]]]:
    """Let batch normalisations use the mean and the variance of what they are given, for the length of one trace.

    A layer's ``call`` is shadowed on the instance and given back afterwards, also after an error.

    Parameters
    ----------
    scope : keras.StatelessScope
        In which the model is called: there, not in the layers, the new values are put.
    anew : sequence of (layer, bool tensor)
        The layers, and whether each is to do so or to keep what it has gathered.

    Yields
    ------
    dict
        By the layer's id the mean and the variance that it used, as traced tensors; filled while the model is called.
    """
    used: dict[int, tuple[Any, Any]] = {}
    with ExitStack() as stack:
        for layer, measured in anew:
            stack.enter_context(shadowing(layer, _measuring(layer, measured, scope, used)))
        yield used


def _measuring(
    layer: Any, measured: Any, scope: Any, used: dict[int, tuple[Any, Any]]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    import tensorflow as tf

    graph = tf.compat.v1.get_default_graph()

    def shadow(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            # What is called inside a loop or a function of its own belongs to another program and cannot be handed out.
            if tf.compat.v1.get_default_graph() is graph:
                axes = [axis for axis in range(len(inputs.shape)) if axis != layer.axis % len(inputs.shape)]
                found = tf.nn.moments(tf.cast(inputs, layer.moving_mean.dtype), axes)
                kept = (layer.moving_mean.value, layer.moving_variance.value)
                mean, variance = (tf.where(measured, new, old) for new, old in zip(found, kept, strict=True))
                used[id(layer)] = mean, variance
                scope.add_update((layer.moving_mean, mean))
                scope.add_update((layer.moving_variance, variance))
            return original(inputs, *args, **kwargs)

        return call

    return shadow
