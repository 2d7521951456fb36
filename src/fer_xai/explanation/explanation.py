"""What `explain` returns: attributions with everything needed to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import shap
    from matplotlib.figure import Figure

    from fer_xai.faces import Faces


@dataclass(frozen=True)
class Explanation:
    """Attributions + faces + targets + predictions + the method's settings.

    Attributes
    ----------
    attributions : ndarray (N, H, W) float32
        Signed; positive speaks for the target. Not normalised.
    faces : Faces
    method : str
        ``method`` or ``method:variant``.
    targets : tuple of str
        What each face is explained for.
    probabilities : ndarray (N, E) float32
    emotions : tuple of str
        Order of the probabilities' columns.
    settings : dict
        The method's options and the seed.
    segments : ndarray (N, H, W) int32, optional
        Segment numbers, for methods that explain by segments.
    details : dict
        What else the method tells, e.g. Grad-CAM's layer and its map at the layer's grid.
    landmarks : Landmarks, optional
        Where they were found on the way.
    """

    attributions: np.ndarray
    faces: Faces
    method: str
    targets: tuple[str, ...]
    probabilities: np.ndarray
    emotions: tuple[str, ...]
    settings: dict[str, Any]
    segments: np.ndarray | None = None
    details: dict[str, Any] = field(default_factory=dict)
    landmarks: Any = None

    def __len__(self) -> int:
        return len(self.attributions)

    def __repr__(self) -> str:
        many = f"{len(self)} face{'' if len(self) == 1 else 's'}"
        return f"Explanation({self.method}, {many}, targets {' '.join(sorted(set(self.targets)))})"

    def _repr_png_(self) -> bytes:
        import io

        buffer = io.BytesIO()
        self.plot().savefig(buffer, format="png")
        return buffer.getvalue()

    @property
    def predicted(self) -> tuple[str, ...]:
        """The classifier's answer for each face."""
        return tuple(self.emotions[i] for i in self.probabilities.argmax(axis=1))

    def regions(self, levels: str | Sequence[str] = ("coarse", "fine"), **options: Any) -> pd.DataFrame:
        """Tell the attributions in facial regions: one row per face, level and region.

        Parameters
        ----------
        levels : str or sequence of str
            ``coarse`` (8 regions), ``fine`` (25), or both: then a face has rows of both levels, each of which shares
            out the whole map, so take one level before adding up.
        **options
            Further ones of `fer_xai.facs.count_regions`.

        Returns
        -------
        DataFrame
            See `fer_xai.facs.count_regions`, with label, predicted, target and method before it.
        """
        from fer_xai.facs import count_regions

        chosen = (levels,) if isinstance(levels, str) else tuple(levels)
        return self.identify(
            count_regions(self.faces, self.attributions, levels=chosen, landmarks=self.landmarks, **options)
        )

    def identify(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Insert label, predicted, target and method into a table that has a ``face`` column."""
        import pandas as pd

        known = pd.DataFrame(
            {"label": self.faces.labels, "predicted": self.predicted, "target": self.targets},
            index=pd.Index(self.faces.ids, name="face"),
        ).astype({"label": "object"})
        joined = known.loc[rows["face"]].reset_index()
        rest = rows.drop(columns="face").reset_index(drop=True)
        return pd.concat([joined.assign(method=self.method), rest], axis=1)

    def to_shap(self) -> shap.Explanation:
        """The attributions as the shap package's own object, for its plots.

        Returns
        -------
        shap.Explanation
            ``values`` (N, H, W, 1, 1): pixels, one colour, one output, named by each face's target; ``data``
            (N, H, W, C); ``base_values`` (N, 1), NaN where the method has none. `shap.image_plot` draws it.
        """
        import shap

        names = np.array([f"{target}, {self.method}" for target in self.targets])
        base = self.details.get("baseline_score", np.full(len(self), np.nan))
        return shap.Explanation(
            values=self.attributions[..., None, None],
            base_values=np.asarray(base)[:, None],
            data=self.faces.images(),
            # The package takes a single face's row of names for the names of all outputs.
            output_names=names[:, None] if len(self) > 1 else names,
        )

    def plot(self, kind: str = "panels", limit: int = 8, **options: Any) -> Figure:
        """Draw the explanation.

        Parameters
        ----------
        kind : {"panels", "overlay", "progressive", "regions", "bars"}
            ``panels``: a row per face with the face, the overlay (for methods of segments its progressive panels) and
            the probabilities. ``overlay``: the overlay alone. ``progressive``: LIME's strongest segment, strongest 3,
            5, 10, and all. ``regions``: the face's regions, coloured by what they hold beyond their area. ``bars``: the
            share of the evidence in each region, beside its area, which is its chance level.
        limit : int
            Most faces to draw.
        **options
            Of the kind's own function in `fer_xai.figures`: ``level="fine"`` for regions and bars, ``top`` for bars.

        Returns
        -------
        Figure

        Raises
        ------
        InputError
            If there is no such kind or option, or the method has nothing of the kind to show.
        """
        from fer_xai.figures import draw

        return draw(self, kind, limit, **options)

    def save(self, path: str | Path) -> Path:
        """Write the explanation with its faces into one ``.npz`` file, without pickles; `load` reads it.

        Parameters
        ----------
        path : path
            Ends in ``.npz``; its folder exists.

        Raises
        ------
        InputError
            If it cannot be written there.
        """
        from fer_xai.explanation.keeping import save

        return save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Explanation:
        """Open what `save` wrote; code is never run from it.

        Raises
        ------
        InputError
            If the file is missing, holds something else, or comes from a newer fer-xai.
        """
        from fer_xai.explanation.keeping import load

        return load(path)
