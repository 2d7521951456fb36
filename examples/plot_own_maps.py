"""
Measure maps from anywhere
==========================

The counter does not care where a map comes from: another library, a person who marked what matters, an eye tracker.
Here two maps are measured whose answer is known: one that was planted on the right action units, and a blob that
knows nothing.
"""

import numpy as np
from matplotlib.figure import Figure

from fer_xai.faces.drawn import draw
from fer_xai.facs import agreement, centred_blob, specificity

drawing = draw(70, seed=1, emotions=("angry", "disgust", "fear", "happy", "sad", "surprise"))
faces, labels = drawing.faces, drawing.faces.labels
rng = np.random.default_rng(0)

# %%
# The first map is noise with a third of its mass on the pixels that really tell the emotion. The second is a blob in
# the middle of the picture, the same for every face.

noise = rng.random(drawing.truth.shape, np.float32)
planted = noise / noise.sum(axis=(1, 2), keepdims=True)
planted += 0.5 * drawing.truth / drawing.truth.sum(axis=(1, 2), keepdims=True)
blob = np.repeat(centred_blob(48, 48)[None], len(faces), axis=0)

figure = Figure(figsize=(7, 3.8), dpi=110, layout="constrained")
axes = figure.subplots(2, 3)
for row, n in zip(axes, (0, 3), strict=True):
    row[0].imshow(faces.images()[n, ..., 0], cmap="gray")
    row[0].set_title(str(labels[n]))
    for axis, title, maps in zip(row[1:], ("planted", "blob"), (planted, blob), strict=True):
        axis.imshow(maps[n], cmap="Reds", vmin=0)
        axis.set_title(title)
for axis in axes.flat:
    axis.set_axis_off()

# %%
# How much of each lies on the action units of the face's own emotion? ``area`` is what a flat map has, and
# ``mass_accuracy_blob`` what the blob has.

for name, maps in {"planted": planted, "blob": blob}.items():
    rows = agreement(faces, maps, labels, codebook="facs2002")
    print(name, rows[["mass_accuracy", "area", "mass_accuracy_blob"]].mean().round(2).to_dict())

# %%
# The blob beats a flat map by far, because faces are in the middle. It says nothing about emotions, though.
# *Specificity* asks whether maps of an emotion prefer its own units to those of the others: there the blob has
# nothing to offer.

for name, maps in {"planted": planted, "blob": blob}.items():
    found = specificity(faces, maps, labels, codebook="facs2002")
    print(f"{name}: S = {found.value:.2f} [{found.low:.2f}, {found.high:.2f}]")
