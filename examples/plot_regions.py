"""
From pixels to facial regions
=============================

A map says *which pixels*. The counter finds the face's landmarks, paints its regions, and says *which part of the
face*.
"""

import numpy as np
from matplotlib.figure import Figure

from fer_xai import explain, load_classifier, load_faces

faces = load_faces("sample")[:24]
explanation = explain(load_classifier(), faces, method="lime:slic", samples=200)
rows = explanation.regions(levels=["coarse"])
print(rows.loc[:7, ["face", "target", "region", "area", "share", "log2_enrichment", "counted"]].round(2).to_string())

# %%
# A region's *enrichment* is its share of the positive attribution divided by its share of the crop. A flat map has 1
# everywhere, so the chance line of its logarithm is 0: to the right, the region holds more than its area would give.
#
# Over several faces the mean share is divided by the mean area, so that no single small region decides. A face
# without landmarks has no shares and is left out.

rows = rows.dropna(subset=["share"])
means = rows.groupby("region", sort=False)[["share", "area"]].mean()
enrichment = np.log2(means["share"] / means["area"])

figure = Figure(figsize=(7, 3.4), dpi=110, layout="constrained")
axis = figure.subplots()
axis.barh(enrichment.index, enrichment, color=np.where(enrichment > 0, "#b2182b", "#2166ac"))
axis.axvline(0, color="black", linewidth=1)
axis.invert_yaxis()
axis.set_xlabel("log2 enrichment (0 = chance)")
axis.set_title(f"{explanation.method}, {rows['face'].nunique()} faces, for the predicted emotion")
axis.spines[["top", "right"]].set_visible(False)

# %%
# How often a region *counts*, beside how often shifted copies of the same maps would make it count:

counts = rows.groupby("region", sort=False)[["counted", "counted_chance"]].mean()
print(counts.round(2).to_string())
