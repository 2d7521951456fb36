"""fer-xai: faces in, a classifier's reasons out, told in the language of the face."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from fer_xai.api import explain
    from fer_xai.classifier import Classifier, list_classifiers, load_classifier
    from fer_xai.explainers import list_explainers
    from fer_xai.explanation import Explanation
    from fer_xai.faces import Faces, load_faces
    from fer_xai.facs import list_codebooks
    from fer_xai.study import Study
    from fer_xai.training.recipe import list_recipes

_WHERE = {
    "Classifier": "fer_xai.classifier",
    "Explanation": "fer_xai.explanation",
    "Faces": "fer_xai.faces",
    "Study": "fer_xai.study",
    "explain": "fer_xai.api",
    "list_classifiers": "fer_xai.classifier",
    "list_codebooks": "fer_xai.facs",
    "list_explainers": "fer_xai.explainers",
    "list_recipes": "fer_xai.training.recipe",
    "load_classifier": "fer_xai.classifier",
    "load_faces": "fer_xai.faces",
}

__all__ = [
    "Classifier",
    "Explanation",
    "Faces",
    "Study",
    "explain",
    "list_classifiers",
    "list_codebooks",
    "list_explainers",
    "list_recipes",
    "load_classifier",
    "load_faces",
]


def __getattr__(name: str) -> Any:
    # Names resolve on first use, so that `import fer_xai` and `--help` load neither TensorFlow nor matplotlib.
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'fer_xai' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
