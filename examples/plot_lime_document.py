"""
Counting what LIME calls important
==================================

The LIME document cut faces into segments by three algorithms, drew the most important ones, and counted by eye how
often each facial part was covered. Here the same on the bundled faces, with the count that chance would give.
"""

import pandas as pd

from fer_xai import charts, explain, load_classifier, load_faces
from fer_xai.facs import summarise_counts

classifier = load_classifier()
faces = load_faces("sample")
face = faces[[1]]

# %%
# One face, two segmenters: the strongest segment, then three, five and ten, then all: red for the answer, blue
# against it. Here the strongest ones speak *against*: hidden under their own mean grey, they leave the face happier
# still. The two pictures do not agree on details, because they cut the face differently.

slic = explain(classifier, face, method="lime:slic", samples=500)
slic.plot(kind="progressive")

# %%

felzenszwalb = explain(classifier, face, method="lime:felzenszwalb", samples=500)
felzenszwalb.plot(kind="progressive")

# %%
# How settled are these pictures? The rank correlation of the segments that endless samples are expected to have with
# these:

print({one.method: float(one.details["settled"][0].round(2)) for one in (slic, felzenszwalb)})

# %%
# One face is an anecdote. Over many, a region *counts* where the positive segments cover half of it, or where it
# holds a tenth of the evidence: the document's rule, written down. Bars with their 95 % intervals; the ticks are what
# the same maps, shifted about the picture, would have. Where a bar's interval holds its tick, nothing was found.

answers = explain(classifier, faces, method="gradcam").predicted
happy = faces[[answer == "happy" for answer in answers]][:24]
many = [explain(classifier, happy, method=f"lime:{name}", samples=200) for name in ("slic", "felzenszwalb")]
counts = summarise_counts(pd.concat([explanation.regions() for explanation in many], ignore_index=True))
bars = charts.frequency_bars(counts, "happy", level="coarse")
print(bars.alt)
