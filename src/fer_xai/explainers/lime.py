"""LIME: a weighted ridge regression of the probabilities on which segments are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.designs import SAMPLINGS, draw
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.explainers.segmenters import on_segments, segment_faces, segmenter_names
from fer_xai.explainers.settled import settled
from fer_xai.explainers.shapley import all_coalitions
from fer_xai.explainers.surrogate import Surrogate, fit_surrogate
from fer_xai.faces.fills import SEGMENT_FILLS, check_fill, hide_segments

_ROUND = 512  # passes per face after which "auto" looks again


@register
@dataclass(frozen=True)
class Lime:
    """Local surrogate on segments, with the lime package's kernel and regression.

    Every coefficient has its standard error, and every face the rank correlation that its map is expected to have with
    LIME's own limit, as more and more samples are drawn (``details["settled"]``; NaN where there are too few to tell:
    it takes more pairs of samples than segments). Where a face has so few segments that
    all coalitions fit into `samples`, they are all shown, once each: that *is* the limit.

    Parameters
    ----------
    segmenter : str
        How a face is cut: ``slic``, ``felzenszwalb``, ``quickshift`` or ``regions``.
    samples : int or "auto"
        Masked passes per face; the first shows the whole face. ``"auto"`` goes on, face by face, until the ranking of
        segments is expected to agree with its limit at `settle`, or `most` is reached.
    sampling : str
        ``orthogonal`` coalitions and their complements, whose errors are smaller, or ``random`` ones as the lime
        package draws them; both have the same limit. See `fer_xai.explainers.designs.draw`.
    settle : float
        Rank correlation with the limit at which ``"auto"`` stops.
    most : int
        Passes per face at which ``"auto"`` stops in any case.
    kernel_width : float
        Of the exponential kernel on the cosine distance between a mask and the whole face.
    fill : str
        ``"segment"`` hides a segment under its own mean colour, as the lime package does; or a fill of
        `fer_xai.faces.fills`.

    References
    ----------
    Ribeiro, Singh & Guestrin 2016, "Why should I trust you?"; the lime package 0.2.0.1 (``lime_image``).
    """

    segmenter: str = "slic"
    samples: int | Literal["auto"] = 1000
    sampling: str = "orthogonal"
    settle: float = 0.9
    most: int = 4000
    kernel_width: float = 0.25
    fill: str = "segment"

    method: ClassVar[str] = "lime"
    title: ClassVar[str] = "LIME"
    variant: ClassVar[str | None] = "segmenter"
    variants: ClassVar[tuple[str, ...]] = segmenter_names()
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "probabilities"
    cost: ClassVar[str] = "1 forward per sample (1,000)"
    grain: ClassVar[str] = "segment"
    source: ClassVar[str] = "Ribeiro et al. 2016"

    def __post_init__(self) -> None:
        if self.samples != "auto" and (isinstance(self.samples, str) or self.samples < 2):
            raise InputError(f"lime: samples={self.samples}; give auto, or at least 2 (1000 are usual)")
        if self.sampling not in SAMPLINGS:
            raise InputError(f"lime: unknown sampling {self.sampling!r}; known are {', '.join(SAMPLINGS)}")
        if not 0 < self.settle < 1:
            raise InputError(f"lime: settle={self.settle}; a rank correlation between 0 and 1, 0.9 is usual")
        if self.most < _ROUND:
            raise InputError(f"lime: most={self.most}; at least {_ROUND} passes")
        check_fill("lime", self.fill, SEGMENT_FILLS)
        if not self.kernel_width > 0:
            raise InputError(f"lime: kernel_width={self.kernel_width}; must be positive")

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        segments = segment_faces(request.faces, self.segmenter, request.regions)
        answers = _Answers(engine, request, segments, hide_segments(request.faces, segments, self.fill))
        fitted = self._all(answers) | self._drawn(answers)
        counts, shape = answers.counts, (len(answers.counts), answers.counts.max())
        values, errors = np.full(shape, np.nan), np.full(shape, np.nan)
        for n, (surrogate, _) in fitted.items():
            values[n, : counts[n]], errors[n, : counts[n]] = surrogate.coefficients, surrogate.errors
        each = [fitted[n] for n in range(len(counts))]
        details = {
            "values": values,
            "standard_error": errors,
            "segments": counts,
            "fit": np.array([surrogate.fit for surrogate, _ in each], np.float32),
            "settled": np.array([settled(s.coefficients, s.errors) for s, _ in each]),
            "passes": np.array([passes for _, passes in each]),
            "samples": self.samples,
        }
        return Attribution(on_segments(values, segments), segments, details)

    @property
    def _limit(self) -> int:
        return self.most if isinstance(self.samples, str) else self.samples

    def _all(self, answers: _Answers) -> dict[int, tuple[Surrogate, int]]:
        """Surrogates, and passes, of the faces whose coalitions can all be shown."""
        fitted = {}
        few = np.flatnonzero(2.0**answers.counts <= self._limit)
        for count in np.unique(answers.counts[few]):
            every = all_coalitions(int(count))
            alike = few[answers.counts[few] == count]
            for n, response in zip(alike, answers.to(alike, [every] * len(alike)), strict=True):
                surrogate = fit_surrogate(every, response, self.kernel_width, penalty=0.0)
                fitted[int(n)] = surrogate._replace(errors=np.zeros(count)), len(every)
        return fitted

    def _drawn(self, answers: _Answers) -> dict[int, tuple[Surrogate, int]]:
        """Surrogates, and passes, of the others: all at once, or round by round until they have settled."""
        going = np.flatnonzero(2.0**answers.counts > self._limit)
        shown = {n: draw(self.sampling, int(answers.counts[n]), self._limit, answers.seeds[n]) for n in going}
        response = {n: np.empty(self._limit) for n in going}
        fitted: dict[int, tuple[Surrogate, int]] = {}
        step = _ROUND if self.samples == "auto" else self._limit
        paired = self.sampling == "orthogonal"
        for start in range(0, self._limit, step):
            stop = min(start + step, self._limit)
            for n, new in zip(going, answers.to(going, [shown[n][start:stop] for n in going]), strict=True):
                response[n][start:stop] = new
                surrogate = fit_surrogate(shown[n][:stop], response[n][:stop], self.kernel_width, paired=paired)
                fitted[int(n)] = surrogate, stop
            going = np.array([n for n in going if self._unsettled(fitted[int(n)][0])], np.int64)
            if not len(going):
                break
        return fitted

    def _unsettled(self, surrogate: Surrogate) -> bool:
        """Whether more passes would help; a classifier that answers everything alike has no ranking to wait for."""
        alike = np.ptp(surrogate.coefficients) == 0
        return not alike and not settled(surrogate.coefficients, surrogate.errors) >= self.settle


class _Answers:
    """What the classifier says of coalitions, for each face's target."""

    def __init__(self, engine: Engine, request: Request, segments: np.ndarray, fills: np.ndarray) -> None:
        self.counts: np.ndarray = segments.max(axis=(1, 2)) + 1
        self.seeds = request.seeds
        self._engine, self._request, self._segments, self._fills = engine, request, segments, fills

    def to(self, faces: np.ndarray, coalitions: Sequence[np.ndarray]) -> np.ndarray:
        """Answers (n, M) float64 of faces, by their numbers, to their own coalitions (M, S)."""
        if not len(faces):
            return np.empty((0, 0))
        present = np.zeros((len(faces), len(coalitions[0]), int(self.counts[faces].max())), np.uint8)
        for row, shown in zip(present, coalitions, strict=True):
            row[:, : shown.shape[1]] = shown
        request = self._request
        answers = self._engine.coalitions(request.faces[faces], self._fills[faces], self._segments[faces], present)
        return np.einsum("nme,ne->nm", answers.astype(np.float64), request.weights[faces])
