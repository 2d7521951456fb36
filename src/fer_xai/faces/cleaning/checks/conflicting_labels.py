"""The same picture under several labels.

The rule is that of Zakavi and Okhunov, *Facial Emotion Recognition Using Network Surgery* (2023): "one copy was
randomly selected and removed from the data". Exactly one goes. Where what stays of a group of three or more still
disagrees, a person should look.
"""

from __future__ import annotations

import numpy as np

from fer_xai.faces.cleaning.copies import exact_groups
from fer_xai.faces.cleaning.request import Finding, Request

TITLE = "equal pixels under several labels: one copy, drawn at random, goes"
NEEDS = None
RIGHT = None


def find(request: Request) -> list[Finding]:
    """Every copy whose group disagrees on the label, with the drawn one to drop."""
    labels, digests = request.faces.labels, request.digests
    findings = []
    for number, group in enumerate(exact_groups(request)):
        said = [labels[place] for place in group]
        if len({label for label in said if label}) < 2:
            continue
        # The draw depends on the seed and the picture, so it is the same in any order and any part of the data.
        drawn = int(group[np.random.default_rng([request.seed, int(digests[group[0]], 16)]).integers(len(group))])
        still = len({labels[place] for place in group if place != drawn and labels[place]}) > 1
        detail = f"copies say {', '.join(label or 'nothing' for label in said)}"
        for place in map(int, group):
            suggested = "drop" if place == drawn else "look" if still else "keep"
            partner = drawn if place != drawn else next(int(other) for other in group if other != drawn)
            findings.append(Finding(place, "conflicting labels", suggested, detail, number, partner))
    return findings
