"""Occlusion: hide one patch at a time and see how far the target's probability falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.faces.fills import check_fill, fill_faces


@register
@dataclass(frozen=True)
class Occlusion:
    """Drop of the target's probability under a sliding patch, against the face left whole.

    Each pixel gets the mean drop over the patches that cover it.

    Parameters
    ----------
    patch, stride : int, optional
        In face pixels; default a sixth and a twelfth of the face's height (8 and 4 on 48×48: 121 patches).
    fill : str
        What the patch shows: ``mean``, ``grey``, ``blur``, … (`fer_xai.faces.fills.fill_faces`).

    References
    ----------
    Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks".
    """

    patch: int | None = None
    stride: int | None = None
    fill: str = "mean"

    method: ClassVar[str] = "occlusion"
    title: ClassVar[str] = "Occlusion"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "probabilities"
    cost: ClassVar[str] = "1 forward per patch (121 on 48×48)"
    grain: ClassVar[str] = "patch (8 px of 48, every 4)"
    source: ClassVar[str] = "Zeiler & Fergus 2014"

    def __post_init__(self) -> None:
        for name in ("patch", "stride"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"occlusion: {name}={value}; must be at least 1 pixel")
        check_fill("occlusion", self.fill)

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        covers = self._covers(*request.faces.shape[1:3])
        # The whole face goes through the same program as the hidden ones: small drops survive the subtraction.
        masks = np.concatenate([np.ones_like(covers[:1]), 1 - covers])
        fills = fill_faces(request.faces, self.fill)
        scores = engine.masked(request.faces, fills, lambda face, row: masks[row], len(masks))
        drop = np.einsum("ne,nme->nm", request.weights, scores[:, :1] - scores[:, 1:])
        maps = np.einsum("nm,mhw->nhw", drop, covers, optimize=True) / covers.sum(axis=0)
        side, _ = self.sides(request.faces.shape[1])
        return Attribution(maps.astype(np.float32), details={"drops": drop, "patch": [side, side]})

    def sides(self, height: int) -> tuple[int, int]:
        """Patch and stride on faces of a height, in pixels."""
        return self.patch or max(1, round(height / 6)), self.stride or max(1, round(height / 12))

    def _covers(self, height: int, width: int) -> np.ndarray:
        patch, stride = self.sides(height)
        if patch > min(height, width):
            raise InputError(f"occlusion: patch={patch} is larger than the face ({height}×{width})")
        if stride > patch:
            raise InputError(f"occlusion: stride={stride} leaves gaps between patches of {patch} pixels")
        rows, columns = (_windows(side, patch, stride) for side in (height, width))
        return (rows[:, None, :, None] * columns[None, :, None, :]).reshape(-1, height, width)


def _windows(side: int, patch: int, stride: int) -> np.ndarray:
    """Indicator (positions, side) of each window along one axis; the last one is flush with the edge."""
    starts = np.unique(np.append(np.arange(0, side - patch + 1, stride), side - patch))
    offset = np.arange(side)[None] - starts[:, None]
    return ((offset >= 0) & (offset < patch)).astype(np.float32)
