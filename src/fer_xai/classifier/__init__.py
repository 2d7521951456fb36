"""Any Keras model, or any function, as a classifier of faces."""

from fer_xai.classifier.bundled import list_classifiers
from fer_xai.classifier.classifier import Classifier
from fer_xai.classifier.load import load_classifier
from fer_xai.classifier.memory import remember

__all__ = ["Classifier", "list_classifiers", "load_classifier", "remember"]
