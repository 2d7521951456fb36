"""
Look inside the network
=======================

Filters, feature maps and prototypes, as the feature-visualization document drew them. ``fer-xai network`` writes all
of them as one page.
"""

import numpy as np
from matplotlib.figure import Figure

from fer_xai import load_classifier, load_faces
from fer_xai.network import class_prototypes, feature_maps, filters_of, strongest_channels

classifier = load_classifier("baseline-cnn")
faces = load_faces("sample")[[1, 29]]


def grid(pictures: np.ndarray, titles: list[str], columns: int, limit: float | None = None) -> Figure:
    """Pictures in rows; with a limit in red and blue around zero."""
    rows = -(-len(pictures) // columns)
    figure = Figure(figsize=(1.15 * columns, 1.3 * rows), dpi=110, layout="constrained")
    style = {"cmap": "gray"} if limit is None else {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    for axis in figure.subplots(rows, columns, squeeze=False).flat:
        axis.axis("off")
    for axis, picture, title in zip(figure.axes, pictures, titles, strict=False):
        axis.imshow(picture, **style)
        axis.set_title(title, fontsize=7, pad=2)
    return figure


# %%
# The first convolution's filters, strongest first: red weighs light, blue weighs dark. Most are edges and spots.

filters = filters_of(classifier, "conv2d_2")
kernels = filters.kernels.reshape(-1, *filters.kernels.shape[-3:-1])[:16]
first = grid(kernels, [f"channel {n}" for n in filters.outputs[:16]], 8, filters.limit)

# %%
# What they make of a face: the eight channels of the second convolution that answer most.

maps = feature_maps(classifier, faces.images(), "conv2d_3")
channels = strongest_channels(maps[0], 8)
seen = grid(maps[0][..., channels].transpose(2, 0, 1), [f"channel {n}" for n in channels], 8)

# %%
# And the picture that each emotion would like best, climbed to from plain grey. They raise the class's logit far
# beyond any face, and look like no face: a network's idea of *happy* is not a person's.

prototypes = class_prototypes(classifier, steps=64)
liked = grid(
    np.stack([prototype.picture[..., 0] for prototype in prototypes]),
    [f"{prototype.name}\n{prototype.start:.1f} → {prototype.reached:.1f}" for prototype in prototypes],
    7,
)
