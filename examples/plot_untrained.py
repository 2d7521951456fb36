"""
Does the map show that a network learned something?
===================================================

The network-surgery document used Grad-CAM to see whether training had failed. A test of that: the same network with
its weights drawn anew, which knows nothing. Maps that look as reasonable as before prove nothing about the trained
one.
"""

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from fer_xai import explain, load_classifier, load_faces
from fer_xai.evaluation.trust import RandomizedClassifier

trained = load_classifier()
faces = load_faces("sample")[:16]
answers = explain(trained, faces, method="gradcam").predicted

untrained = RandomizedClassifier(trained)
untrained.randomize(len(untrained.steps), seed=0, faces=faces.images())

methods = ("gradcam", "occlusion", "saliency")
maps = {
    (method, kind): explain(classifier, faces, method=method, target=list(answers)).attributions
    for method in methods
    for kind, classifier in (("trained", trained), ("random weights", untrained))
}

# %%
# Three faces, explained for the trained network's answer; below each the same by random weights. A blank Grad-CAM says
# that no cell speaks for the answer. The other maps of a network that knows nothing look much like those of one that
# knows: faces are in the middle, and so is most of any map.

figure = Figure(figsize=(9, 2.9), dpi=110, layout="constrained")
columns = [(method, face) for method in methods for face in range(3)]
axes = figure.subplots(2, 9)
for row, kind in zip(axes, ("trained", "random weights"), strict=True):
    for axis, (method, face) in zip(row, columns, strict=True):
        found = maps[method, kind][face]
        limit = np.abs(found).max() or 1
        axis.imshow(faces.images()[face, ..., 0], cmap="gray")
        axis.imshow(found, cmap="RdBu_r", vmin=-limit, vmax=limit, alpha=0.6)
        axis.set_xticks([])
        axis.set_yticks([])
        axis.set_title(f"{method}\n{answers[face]}", fontsize=7)
    row[0].set_ylabel(kind)

# %%
# So the question is not how a map looks but whether it *changed*. Rank correlation of each face's two maps, and that
# of the trained network's maps of different faces, which is what chance gives. (A blank map has none; such faces are
# left out.)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Mean rank correlation of two maps of each face."""
    pairs = zip(one.reshape(len(one), -1), other.reshape(len(other), -1), strict=True)
    return float(np.mean([spearmanr(a, b).statistic for a, b in pairs if np.ptp(a) and np.ptp(b)]))


for method in methods:
    before, after = maps[method, "trained"], maps[method, "random weights"]
    print(
        f"{method:9} trained with random weights {likeness(before, after):+.2f}, "
        f"different faces {likeness(before, np.roll(before, 1, axis=0)):+.2f}"
    )

# %%
# An edge detector would have +1.00: it does not know of any weights. The report makes this test for every method, and
# it is the easiest of its tests. Whether a map tells what hiding will cost is the harder one.
