"""Watch layers while a model is called, wherever they sit, without changing the model.

A layer's ``call`` is shadowed on the instance for the length of one trace and given back afterwards, also
after an error. Nothing is cloned, so nested backbones, shared layers and subclassed models need no special case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Call:
    """One call of a layer: its first input and its output, as traced tensors."""

    layer: Any
    input: Any
    output: Any


@contextmanager
def watching(layers: Iterable[Any]) -> Iterator[list[Call]]:
    """Record every call of `layers`, in order of execution, into the list this yields.

    Only calls in the program being traced now are recorded: tensors inside a loop's body (the cells of an LSTM) or
    inside a function of its own belong to another graph and cannot be differentiated from here.
    """
    calls: list[Call] = []
    with ExitStack() as stack:
        for layer in layers:
            stack.enter_context(shadowing(layer, _recording(layer, calls, _graph())))
        yield calls


def _recording(layer: Any, calls: list[Call], graph: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def shadow(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            output = original(*args, **kwargs)
            if _graph() is graph:
                calls.append(Call(layer, args[0] if args else next(iter(kwargs.values()), None), output))
            return output

        return call

    return shadow


@contextmanager
def shadowing(layer: Any, shadow: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """Put ``shadow(layer.call)`` in the place of a layer's ``call``; it is given back, also after an error."""
    original, own = layer.call, layer.__dict__.get("call")
    # object.__setattr__ goes round Keras's attribute tracking, which refuses changes to a built layer.
    object.__setattr__(layer, "call", shadow(original))
    try:
        yield
    finally:
        if own is None:
            object.__delattr__(layer, "call")
        else:
            object.__setattr__(layer, "call", own)


def layers_of(model: Any) -> list[Any]:
    """All layers that compute, nested models' included, each once, in order: no models and no places for inputs."""
    layers = {id(layer): layer for layer in _inside(model)}
    return [layer for layer in layers.values() if not is_model(layer) and type(layer).__name__ != "InputLayer"]


def models_in(model: Any) -> list[Any]:
    """The model, and every model that it holds as a layer."""
    return [model, *(layer for layer in _inside(model) if is_model(layer))]


def _inside(layer: Any) -> Iterator[Any]:
    """Layers in a layer, depth first; Keras's own walk takes those of a nested model from the last to the first."""
    for inner in layer._flatten_layers(recursive=False, include_self=False):
        yield inner
        yield from _inside(inner)


def is_model(layer: Any) -> bool:
    """Whether a layer is a model of Keras 3 or Keras 2."""
    return any(kind.__name__ == "Model" and "keras" in kind.__module__ for kind in type(layer).__mro__)


def layer_path(layer: Any) -> str:
    """A layer's place in its model; its name where it knows no more (layers of Keras 2, some from ``.h5`` files)."""
    return getattr(layer, "path", None) or layer.name


def _graph() -> Any:
    import tensorflow as tf

    return tf.compat.v1.get_default_graph()
