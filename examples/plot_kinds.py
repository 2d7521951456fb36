"""
One explanation, several pictures
=================================

An explanation draws itself in five ways, and keeps itself in a file.
"""

import tempfile
from pathlib import Path

from fer_xai import Explanation, explain, load_classifier, load_faces

faces = load_faces("sample")[[1, 29]]
explanation = explain(load_classifier(), faces, method="lime:slic", samples=500)
print(explanation)

# %%
# By itself: face, strongest segments, overlay, probabilities.

explanation.plot()

# %%
# The overlay alone, for a slide.

explanation.plot(kind="overlay")

# %%
# What speaks for and against every emotion, for the passes of one.

explain(load_classifier(), faces[:1], method="occlusion", target="every").plot(kind="overlay")

# %%
# In facial regions: red ones hold more of the evidence than their area would give, blue ones less.

explanation.plot(kind="regions")

# %%
# The same as bars, each beside its area, which is what a map that knows nothing would have.

explanation.plot(kind="bars")

# %%
# Explaining takes longer than looking. What was found goes into one file, without pickles, and comes back whole.

with tempfile.TemporaryDirectory() as folder:
    kept = explanation.save(Path(folder) / "why.npz")
    again = Explanation.load(kept)
    print(kept.name, round(kept.stat().st_size / 1024), "kB;", (again.attributions == explanation.attributions).all())
