"""Which emotion does each output of a model stand for? Found from labelled faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from fer_xai.emotions import AFFECTNET, CANONICAL, FER2013, FERPLUS, RAFDB
from fer_xai.evaluation.paired import ALPHA, log_probabilities, p_above_chance, p_more_right, p_positive

# Orders that public models come in, over all eight emotions; each is narrowed to the emotions at hand.
_KNOWN = {
    "fer2013": CANONICAL,
    "ferplus": FERPLUS,
    "alphabetical": tuple(sorted(CANONICAL)),
    "affectnet": AFFECTNET,
    "rafdb": (*RAFDB, "contempt"),
}
_BY_COUNT = {7: "fer2013", 8: "ferplus"}


@dataclass(frozen=True, eq=False)
class Order:
    """One reading of a model's outputs, and which faces it gets right.

    Attributes
    ----------
    name : str
        ``fer2013``, ``ferplus``, ``alphabetical``, ``affectnet``, ``rafdb``, ``declared``, or ``found``.
    emotions : tuple of str
        One per output.
    right : ndarray (N,) of bool
        For a found order, each half of the faces is judged by the order found on the other half, so that an order
        fitted to these very faces has no advantage.
    """

    name: str
    emotions: tuple[str, ...]
    right: np.ndarray


@dataclass(frozen=True, eq=False)
class OrderChoice:
    """The reading that labelled faces speak for.

    Attributes
    ----------
    chosen : Order
    rivals : tuple of Order
        All that were tried, the chosen one too.
    open_pairs : tuple of (str, str)
        Emotions that these faces cannot tell apart: their outputs might as well be swapped.
    """

    chosen: Order
    rivals: tuple[Order, ...]
    open_pairs: tuple[tuple[str, str], ...]


def named_orders(
    count: int, labels: Sequence[str], declared: tuple[str, ...] | None = None
) -> dict[str, tuple[str, ...]]:
    """Known orders for so many outputs, most plausible first: the declared one, then the usual one for the count.

    Parameters
    ----------
    count : int
        Number of outputs.
    labels : sequence of str
        Emotions that occur among the faces.
    declared : tuple of str, optional

    Returns
    -------
    dict
        Emotions by name; an order that goes by several names stands under the first.
    """
    sets = [set(declared)] if declared else []
    sets += [set(FER2013)] if count == len(FER2013) else []
    sets += [set(labels)] if len(set(labels)) == count else []
    sets += [set(CANONICAL)] if count == len(CANONICAL) else []
    usual = _BY_COUNT.get(count, "fer2013")
    names = sorted(_KNOWN, key=lambda name: name != usual)
    known = [(name, tuple(e for e in _KNOWN[name] if e in some)) for some in sets for name in names]
    orders: dict[str, tuple[str, ...]] = {}
    if declared:
        orders[next((name for name, order in known if order == declared), "declared")] = declared
    for name, order in known:
        if name not in orders and order not in orders.values():
            orders[name] = order
    return orders


def choose_order(
    probabilities: np.ndarray, labels: np.ndarray, declared: tuple[str, ...] | None = None, seed: int = 0
) -> OrderChoice:
    """Find which emotion each output stands for.

    The known orders are compared with the best of all orders, which is found exactly as an assignment of outputs to
    labels. A known order is kept unless another is right on more faces beyond chance (exact McNemar test at 1 %);
    the best of all orders is judged on faces it was not found from.

    Parameters
    ----------
    probabilities : ndarray (N, E)
        Outputs of the model.
    labels : ndarray (N,) of str
    declared : tuple of str, optional
        What someone says the order is.
    seed : int
        Of the two halves.

    References
    ----------
    Kuhn 1955, "The Hungarian method for the assignment problem".
    """
    log_p = log_probabilities(probabilities)
    outputs = log_p.argmax(axis=1)
    known = [
        Order(name, emotions, np.array(emotions)[outputs] == labels)
        for name, emotions in named_orders(log_p.shape[1], list(np.unique(labels)), declared).items()
    ]
    fallback = known[0].emotions if known else CANONICAL[: log_p.shape[1]]
    found = Order("found", best_order(log_p, labels, fallback), _cross_fitted(log_p, labels, fallback, seed))
    chosen = known[0] if known else found
    for rival in sorted(known[1:], key=lambda order: -order.right.sum()):
        chosen = rival if p_more_right(rival.right, chosen.right) < ALPHA else chosen
    better = p_more_right(found.right, chosen.right) < ALPHA and found.emotions != chosen.emotions
    if better and p_above_chance(np.array(found.emotions)[outputs], labels, found.right) < ALPHA:
        chosen = found
    rivals = tuple(known) if any(order.emotions == found.emotions for order in known) else (*known, found)
    return OrderChoice(chosen, rivals, open_pairs(log_p, labels, chosen.emotions))


def best_order(log_p: np.ndarray, labels: np.ndarray, fallback: Sequence[str] = ()) -> tuple[str, ...]:
    """The order that is right on most of these faces.

    Outputs that win on no face go to the label whose faces raise them most above their mean, and outputs that no face
    informs to where `fallback` has them.

    Parameters
    ----------
    log_p : ndarray (N, E)
        Log-probabilities of the outputs.
    labels : ndarray (N,) of str
    fallback : sequence of str
        One emotion per output.
    """
    from scipy.optimize import linear_sum_assignment

    outputs = log_p.argmax(axis=1)
    counts = np.zeros((log_p.shape[1], len(CANONICAL)))
    raised = np.zeros_like(counts)
    for column, emotion in enumerate(CANONICAL):
        faces = labels == emotion
        if faces.any():
            counts[:, column] = np.bincount(outputs[faces], minlength=len(counts))
            # Bounded and above zero: never worth a face, always worth more than an emotion that does not occur.
            raised[:, column] = 1.5 + np.tanh(log_p[faces].mean(axis=0) - log_p.mean(axis=0))
    worth = counts + raised / (4 * len(counts))
    for output, emotion in enumerate(fallback):
        worth[output, CANONICAL.index(emotion)] += 1e-6
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return tuple(CANONICAL[columns[list(rows).index(row)]] for row in range(len(counts)))


def _cross_fitted(log_p: np.ndarray, labels: np.ndarray, fallback: Sequence[str], seed: int) -> np.ndarray:
    """Which faces are right when each half, stratified by label, is judged by the order found on the other."""
    rng = np.random.default_rng(seed)
    half = np.zeros(len(labels), int)
    for emotion in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == emotion))
        half[members] = (np.arange(len(members)) + rng.integers(2)) % 2
    right = np.zeros(len(labels), bool)
    for judged in (0, 1):
        if (half != judged).any():
            order = best_order(log_p[half != judged], labels[half != judged], fallback)
            here = half == judged
            right[here] = np.array(order)[log_p[here].argmax(axis=1)] == labels[here]
    return right


def open_pairs(log_p: np.ndarray, labels: np.ndarray, order: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of emotions whose outputs could be swapped without the faces objecting.

    The faces object where a swap costs right predictions (exact McNemar test), or where the faces of the pair raise
    their own output above the other one, each taken relative to its mean over all faces (t-test).
    """
    outputs = log_p.argmax(axis=1)
    pairs = []
    for i, j in combinations(range(len(order)), 2):
        first, second = labels == order[i], labels == order[j]
        swapped = np.isin(outputs, (i, j))
        right = swapped & (np.array(order)[outputs] == labels)
        wrong_way = ((outputs == i) & second) | ((outputs == j) & first)
        lead = log_p[:, i] - log_p[:, j]
        lead = lead - lead.mean()
        if min(p_more_right(right, wrong_way), p_positive(np.concatenate([lead[first], -lead[second]]))) >= ALPHA:
            pairs.append((order[i], order[j]))
    return tuple(pairs)
