"""Are there separate kinds of errors, or one cloud of them? Clusters, told only where they are more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST = 6  # clusters
LEAST = 30  # faces
SMALLEST = 0.05  # share of the faces in the smallest cluster
SEPARATE = 0.25  # silhouette under which there is no structure to speak of (Kaufman & Rousseeuw 1990)
STABLE = 0.75  # adjusted Rand index from which a clustering is stable (Hennig 2007, of Jaccard indices)
SURE = 0.05
_CLOUDS = 39
_RESAMPLES = 20
_STARTS = 4
_SAMPLE = 400  # faces on which the number of clusters is chosen


@dataclass(frozen=True)
class ErrorKinds:
    """Clusters of faces by region profile.

    Attributes
    ----------
    labels : ndarray (N,) of int
        Each face's cluster, the largest is 0; all −1 where there are no clusters.
    clusters : int
        The number with the best silhouette, also where it does not hold; 0 with too few faces.
    silhouette, expected : float
        Mean silhouette, −1…1, and what a single cloud with the same mean and covariance reaches on average: chance.
    p : float
        Of so good a silhouette in a single cloud.
    stability : float
        Mean adjusted Rand index between this clustering and those of bootstrap samples: 1 the same, 0 chance.
    found : bool
        Whether all of this holds: p below .05, a silhouette of .25 and a stability of .75 at least.
    """

    labels: np.ndarray
    clusters: int
    silhouette: float
    expected: float
    p: float
    stability: float
    found: bool


def error_kinds(profiles: np.ndarray, seed: int = 0) -> ErrorKinds:
    """Cluster faces by k-means and say whether the clusters are more than chance makes of one cloud.

    Parameters
    ----------
    profiles : ndarray (N, R)
        One row of comparable numbers per face.
    seed : int
        Of k-means' starts, the clouds and the bootstrap.

    Returns
    -------
    ErrorKinds

    Notes
    -----
    Two to six clusters are tried, without those whose smallest has under 5 % of the faces; the best mean silhouette
    wins (Rousseeuw 1987). Forty clouds, of normal numbers with the profiles' mean and covariance, go through the same
    choice (Liu, Hayes, Nobel & Marron 2008, "Statistical significance of clustering"). Stability is over twenty
    bootstrap samples whose centres are asked about all faces (Hennig 2007, "Cluster-wise assessment of cluster
    stability").
    """
    n = len(profiles)
    if n < LEAST or not np.isfinite(profiles).all() or float(np.ptp(profiles, axis=0).max(initial=0.0)) < 1e-12:
        return ErrorKinds(np.full(n, -1), 0, np.nan, np.nan, np.nan, np.nan, False)
    rng = np.random.default_rng(seed)
    order = np.lexsort(profiles.T[::-1])  # what is drawn does not depend on the order of faces
    ordered = profiles[order]
    drawn = ordered[np.sort(rng.permutation(n)[:_SAMPLE])]
    clusters, silhouette = _best(drawn, seed)
    if not clusters:
        return ErrorKinds(np.full(n, -1), 0, np.nan, np.nan, np.nan, np.nan, False)
    mean, covariance = drawn.mean(axis=0), np.cov(drawn.T)
    clouds = [
        _best(rng.multivariate_normal(mean, covariance, len(drawn), check_valid="ignore", method="eigh"), seed)[1]
        for _ in range(_CLOUDS)
    ]
    p = (1 + sum(cloud >= silhouette for cloud in clouds)) / (1 + _CLOUDS)
    assigned = _fit(ordered, clusters, seed)[1]
    stability = _stability(ordered, assigned, clusters, rng, seed)
    labels = np.full(n, -1)
    labels[order] = _largest_first(assigned)
    found = bool(p < SURE and silhouette >= SEPARATE and stability >= STABLE)
    expected = float(np.mean(clouds))
    return ErrorKinds(labels if found else np.full(n, -1), clusters, silhouette, expected, p, stability, found)


def _fit(profiles: np.ndarray, clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres (K, R) and each face's cluster (N,), the best of several starts; no clusters where all starts fail."""
    from scipy.cluster.vq import ClusterError, kmeans2

    best, least = (np.empty((0, profiles.shape[1])), np.zeros(len(profiles), int)), np.inf
    for start in range(_STARTS):
        try:
            rng = np.random.default_rng([seed, start])
            # With fewer distinct profiles than clusters, all distances are zero where the next centre is drawn.
            with np.errstate(invalid="ignore", divide="ignore"):
                centres, assigned = kmeans2(
                    profiles, clusters, iter=15, minit="++", missing="raise", check_finite=False, rng=rng
                )
        except ClusterError:  # a cluster lost all its faces
            continue
        inertia = float(((profiles - centres[assigned]) ** 2).sum())
        if inertia < least:
            best, least = (centres, assigned), inertia
    return best


def _best(profiles: np.ndarray, seed: int) -> tuple[int, float]:
    """The number of clusters with the best mean silhouette, and it; (0, −1) where all have a tiny cluster."""
    from scipy.spatial.distance import pdist, squareform
    from sklearn.metrics import silhouette_score

    distances, best = squareform(pdist(profiles)), (0, -1.0)
    for clusters in range(2, MOST + 1):
        assigned = _fit(profiles, clusters, seed)[1]
        if np.bincount(assigned, minlength=clusters).min() < max(2, SMALLEST * len(profiles)):
            continue
        silhouette = float(silhouette_score(distances, assigned, metric="precomputed"))
        best = max(best, (clusters, silhouette), key=lambda pair: pair[1])
    return best


def _stability(profiles: np.ndarray, assigned: np.ndarray, clusters: int, rng: np.random.Generator, seed: int) -> float:
    from scipy.cluster.vq import vq
    from sklearn.metrics import adjusted_rand_score

    agreeing = []
    for _ in range(_RESAMPLES):
        centres = _fit(profiles[np.sort(rng.integers(0, len(profiles), len(profiles)))], clusters, seed)[0]
        agreeing.append(adjusted_rand_score(assigned, vq(profiles, centres)[0]) if len(centres) else 0.0)
    return float(np.mean(agreeing))


def _largest_first(assigned: np.ndarray) -> np.ndarray:
    sizes = np.bincount(assigned)
    return np.argsort(np.argsort(-sizes, kind="stable"))[assigned]
