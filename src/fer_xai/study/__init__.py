"""Many faces, many methods, one folder: resumable."""

from fer_xai.study.run import STANDARD_METHODS, run_study, standard_methods
from fer_xai.study.study import Study

__all__ = ["STANDARD_METHODS", "Study", "run_study", "standard_methods"]
