"""How good is the model, and how was it meant to be used?"""

from fer_xai.evaluation.ablation import ablate_regions, summarise_ablation
from fer_xai.evaluation.accuracy import Accuracy, confusion_matrix, mean_diagonal, measure_accuracy
from fer_xai.evaluation.anatomy import Anatomy, describe_anatomy
from fer_xai.evaluation.inspection import Inspection, inspect_classifier

__all__ = [
    "Accuracy",
    "Anatomy",
    "Inspection",
    "ablate_regions",
    "confusion_matrix",
    "describe_anatomy",
    "inspect_classifier",
    "mean_diagonal",
    "measure_accuracy",
    "summarise_ablation",
]
