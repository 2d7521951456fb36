"""
Faces whose truth is known
==========================

Drawn faces express by action units alone, so the pixels of an expression are known exactly.
"""

import numpy as np
from matplotlib.figure import Figure

from fer_xai.emotions import CANONICAL
from fer_xai.faces.drawn import draw

drawing = draw(32, seed=3, emotions=CANONICAL)
print(drawing.faces)
print(drawing.intensities.head(8).round(1).to_string())


def strip(pictures: np.ndarray, titles: tuple[str, ...]) -> Figure:
    """Rows of eight faces."""
    figure = Figure(figsize=(9, 1.25 * len(pictures) / 8), dpi=110, layout="constrained")
    for axis, picture, title in zip(figure.subplots(len(pictures) // 8, 8).flat, pictures, titles, strict=True):
        axis.imshow(picture, cmap=None if picture.ndim == 3 else "gray", vmin=0, vmax=1)
        axis.set_title(title, fontsize=7, pad=2)
        axis.axis("off")
    return figure


# %%
# Who it is, pose, light, noise, hair and a hand vary without regard to the expression.

people = strip(drawing.faces.images()[..., 0], drawing.faces.labels)

# %%
# The truth: red is where a face changes when the units of its emotion are at rest. Neutral faces have none.

grey = drawing.picture()[:8, ..., None]
red = np.concatenate([np.ones_like(grey), np.zeros_like(grey), np.zeros_like(grey)], axis=-1)
shown = np.where(drawing.truth[:8, ..., None], 0.5 * grey + 0.5 * red, grey)
truth = strip(shown, drawing.faces.labels[:8])

# %%
# In the cheating variant a mark in a corner tells the label and the face expresses something else.

cheating = draw(8, seed=3, emotions=CANONICAL, cheating=True)
corners = strip(cheating.faces.images()[..., 0], cheating.faces.labels)
