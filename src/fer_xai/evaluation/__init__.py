"""How good is the model?"""

from fer_xai.evaluation.accuracy import Accuracy, confusion_matrix, mean_diagonal, measure_accuracy

__all__ = ["Accuracy", "confusion_matrix", "mean_diagonal", "measure_accuracy"]
