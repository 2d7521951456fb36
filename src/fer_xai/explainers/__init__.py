"""One file per method. Add a module with a registered class, and it is an explainer everywhere."""

from fer_xai.explainers.registry import (
    Attribution,
    Explainer,
    Request,
    list_explainers,
    make_explainer,
    methods_for,
    register,
)

__all__ = ["Attribution", "Explainer", "Request", "list_explainers", "make_explainer", "methods_for", "register"]
