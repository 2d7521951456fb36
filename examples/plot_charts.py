"""
Charts of what a study found
============================

One face is an anecdote. Over many faces, what a map says of the facial regions becomes numbers with intervals, and
the charts of `fer_xai.charts` draw them, in light or dark, each beside its chance level. They take the tables of a
study (``Study(path).table("counts")``), or, as here, those that `fer_xai.facs` makes of any attributions. The bundled
faces have no labels, so each counts for the emotion that the classifier calls it.
"""

import pandas as pd

from fer_xai import charts, explain, load_classifier, load_faces
from fer_xai.faces.landmarks import find_landmarks
from fer_xai.facs import significance_table, summarise_counts

faces = load_faces("sample")
explanations = [explain(load_classifier(), faces, method=method) for method in ("occlusion", "gradcam")]
regions = pd.concat([explanation.regions() for explanation in explanations], ignore_index=True)
counts = summarise_counts(regions)
happy = charts.frequency_bars(counts, "happy", level="coarse")

# %%
# How often does each region *count*? The ticks are what the same maps, shifted about the picture, would have.
#
# The same on a face, over all methods' common shape: red regions hold more of the evidence than their area would,
# blue ones less. The outlines are where a codebook says that the emotion shows.

shown = ["happy", "sad", "angry", "neutral"]
drawn = charts.face_map(counts, "occlusion", codebook="facs2002", emotions=shown)

# %%
# Pixel by pixel: every face's map is carried by its landmarks onto one mean face, so that mouths lie on mouths.

occlusion = explanations[0]
means = charts.mean_maps(occlusion.attributions, find_landmarks(faces).points, occlusion.predicted)
average = charts.mean_attribution(means, "occlusion", emotions=shown)

# %%
# How sure is that? A star is told from chance, a frame from the other emotions, after correction for the many cells.

sure = charts.significance_map(significance_table(regions, resamples=199), "occlusion", emotions=shown)

# %%
# In dark, for slides; and every chart has one sentence for those who cannot see it.

dark = charts.face_map(counts, "occlusion", codebook="facs2002", emotions=["happy"], theme="dark")
print(dark.alt)
