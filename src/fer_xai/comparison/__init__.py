"""Two or more classifiers on the same faces: which is right more often, and which looks for better reasons?"""

from fer_xai.comparison.comparison import Comparison
from fer_xai.comparison.run import METHODS, compare_studies, run_comparison

__all__ = ["METHODS", "Comparison", "compare_studies", "run_comparison"]
