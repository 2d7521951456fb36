"""Which explanation to believe: are maps faithful to the classifier, and do methods agree? Always beside chance."""

from fer_xai.evaluation.trust.attribute import Attribute
from fer_xai.evaluation.trust.beside import method_agreement
from fer_xai.evaluation.trust.causal import region_agreement
from fer_xai.evaluation.trust.complexity import complexity
from fer_xai.evaluation.trust.correlation import faithfulness_correlation
from fer_xai.evaluation.trust.curves import Curves, deletion_insertion, hiding_curves
from fer_xai.evaluation.trust.grain import grain, grain_width, region_width
from fer_xai.evaluation.trust.nulls import Seeds, draw_shifts, shifted
from fer_xai.evaluation.trust.randomize import RandomizedClassifier
from fer_xai.evaluation.trust.rows import BETTER, COLUMNS, KEYS, Measured, joined, trust_rows
from fer_xai.evaluation.trust.sanity import beside_twin, randomization
from fer_xai.evaluation.trust.stability import stability
from fer_xai.evaluation.trust.summary import SUMMARY, summarise_trust
from fer_xai.evaluation.trust.truth import truth_agreement
from fer_xai.evaluation.trust.units import Units

__all__ = [
    "BETTER",
    "COLUMNS",
    "KEYS",
    "SUMMARY",
    "Attribute",
    "Curves",
    "Measured",
    "RandomizedClassifier",
    "Seeds",
    "Units",
    "beside_twin",
    "complexity",
    "deletion_insertion",
    "draw_shifts",
    "faithfulness_correlation",
    "grain",
    "grain_width",
    "hiding_curves",
    "joined",
    "method_agreement",
    "randomization",
    "region_agreement",
    "region_width",
    "shifted",
    "stability",
    "summarise_trust",
    "trust_rows",
    "truth_agreement",
]
