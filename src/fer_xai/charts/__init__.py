"""Charts: what a study found, as matplotlib figures in light and dark.

Every chart takes a study's tables, says in its title what it shows, draws the chance level beside every number about
agreement, and carries one sentence for those who cannot see it (`Chart.alt`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer_xai.charts.agreement import agreement_forest
    from fer_xai.charts.averages import MeanMap, mean_attribution, mean_maps
    from fer_xai.charts.coloured_face import face_map
    from fer_xai.charts.face_space import to_face_space
    from fer_xai.charts.frequency import frequency_bars
    from fer_xai.charts.hiding import hiding_costs, region_worths
    from fer_xai.charts.masks import mask_matrix
    from fer_xai.charts.significance import significance_map
    from fer_xai.charts.specificity import specificity_forest
    from fer_xai.charts.style import Chart

_WHERE = {
    "Chart": "style",
    "agreement_forest": "agreement",
    "face_map": "coloured_face",
    "frequency_bars": "frequency",
    "hiding_costs": "hiding",
    "mask_matrix": "masks",
    "MeanMap": "averages",
    "mean_attribution": "averages",
    "mean_maps": "averages",
    "region_worths": "hiding",
    "significance_map": "significance",
    "specificity_forest": "specificity",
    "to_face_space": "face_space",
}

__all__ = [
    "Chart",
    "MeanMap",
    "agreement_forest",
    "face_map",
    "frequency_bars",
    "hiding_costs",
    "mask_matrix",
    "mean_attribution",
    "mean_maps",
    "region_worths",
    "significance_map",
    "specificity_forest",
    "to_face_space",
]


def __getattr__(name: str) -> Any:
    # Names resolve on first use, so that words and colours can be had without loading matplotlib.
    if name in _WHERE:
        return getattr(import_module(f"fer_xai.charts.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'fer_xai.charts' has no attribute {name!r}")
