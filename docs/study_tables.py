"""``.. study-tables::``: each table of a study, what a row is, and its columns as a real study has them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pyarrow.parquet
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from fer_xai import load_classifier, load_faces
from fer_xai.study import run_study

LOG = logging.getLogger(__name__)

# What a row is. Columns are read off a study, so that these pages cannot fall behind.
ROWS = {
    "predictions": "a face: what it is, what the classifier says, with which probabilities",
    "landmarks": "a face: who found its landmarks (mesh, regressor, atlas, none, given), and how surely",
    "regions": "a face, method and region: how much of the map lies there; :doc:`/explanation/measures`",
    "counts": "an emotion, method and region: how often the region counts, with its frequency by chance",
    "region_sums": "a method, region and whether landmarks were found: sums over faces, which may be added to others'",
    "agreement_means": "a method, codebook and emotion: means of the measures over faces, with an interval",
    "agreement": "a face, method and codebook: how well the map fits the mask of the face's emotion",
    "profiles": "a face, method, codebook and emotion's mask: the map's mass inside it",
    "matrix": "a method, codebook, emotion and mask: log2 enrichment of the emotion's maps in the mask",
    "specificity": "a method and codebook: S",
    "specificity_blind": "the same for maps that know nothing: a blob, edges",
    "specificity_splits": "the same for faces that are answered right, and wrong",
    "separability": "a method: how well the emotion can be told from the regions alone",
    "separability_blind": "the same for maps that know nothing",
    "separability_splits": "the same for faces that are answered right, and wrong",
    "baselines": "a method, codebook and measure beside each blind map's",
    "significance": "a method, emotion and region: enriched beyond chance? more than on the other emotions?",
    "spatial_null": "a method, emotion and region, against the same maps shifted inside the face",
    "against": "a method, emotion and region: what speaks *against* the target",
    "own_regions": "a method, emotion and region: where the model's own codebook differs from the other emotions",
    "own_units": "a method, emotion and action unit that shows in those regions",
    "own_correlations": "a method and codebook: correlation of the model's own codebook with it",
    "ablation": "an emotion, region and fill: what hiding the region costs, beside the same shape elsewhere",
    "region_values": "a face and region: its Shapley value; from ``shap:regions``",
    "shapley": "an emotion and region: the mean of those",
    "occluders": "a face and region: how much of it is hidden; flags for hair and glasses",
    "covered": "faces with and without something in front: accuracy and regions",
    "confusions": "a confusion and region: what pulled the answer there",
    "errors": "a wrong answer, and its kind",
    "error_kinds": "a kind of wrong answers and a region",
    "label_doubts": "a face whose label a sure model, or FER+'s voters, contradict",
    "groups": "a group of faces and a figure, beside the rest; :doc:`/howto/groups`",
    "sampling": "a face and method that draws samples: passes, and the rank correlation expected with endless ones",
    "trust": "a method and measure: is it to be believed? :doc:`/explanation/trust`",
    "trust_faces": "a face, method and measure of those",
    "method_agreement": "two methods: how alike their maps are, beside maps of other faces",
}


@cache
def columns() -> dict[str, list[str]]:
    """Each table's columns, from a small study of the bundled faces."""
    with tempfile.TemporaryDirectory() as folder:
        faces = load_faces("sample")[:6]
        run_study(load_classifier(), faces, folder, methods=["shap:regions", "occlusion"], trust=6)
        tables = sorted(Path(folder).glob("*.parquet"))
        return {path.stem: pyarrow.parquet.read_schema(path).names for path in tables}


class StudyTables(SphinxDirective):
    """A row per table; a table without a word here is warned of."""

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        found = columns()
        for name in sorted(found.keys() ^ ROWS.keys()):
            LOG.warning("table %s: %s", name, "not explained" if name in found else "explained, but no study has it")
        lines = [".. list-table::", "   :header-rows: 1", "   :widths: 18 32 50", ""]
        for row in [("Table", "A row is", "Columns"), *(_row(name, found) for name in ROWS)]:
            lines += [f"   {'* -' if n == 0 else '  -'} {cell}" for n, cell in enumerate(row)]
        return self.parse_text_to_nodes("\n".join([*lines, ""]))


def _row(name: str, found: dict[str, list[str]]) -> tuple[str, str, str]:
    return f"``{name}``", ROWS[name], " ".join(f"``{column}``" for column in found.get(name, []))


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("study-tables", StudyTables)
    return {"version": "1", "parallel_read_safe": True}
