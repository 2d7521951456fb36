"""The same picture more than once, within a split or across splits."""

from __future__ import annotations

from fer_xai.faces.cleaning.copies import exact_groups, suggestion, survivor
from fer_xai.faces.cleaning.request import Finding, Request

TITLE = "equal pixels, within and across splits"
NEEDS = None
RIGHT = None


def find(request: Request) -> list[Finding]:
    """Every copy; one stays (of test before validation before train), constant images aside."""
    findings = []
    splits = request.splits
    for number, group in enumerate(exact_groups(request)):
        kept = survivor(request, group)
        names = sorted({str(splits[place]) for place in group} - {""})
        detail = f"{len(group)} copies" + (f", in {' and '.join(names)}" if names else "")
        for place in map(int, group):
            suggested = "keep" if place == kept else suggestion(splits[place], splits[kept])
            partner = kept if place != kept else next(int(other) for other in group if other != kept)
            findings.append(Finding(place, "exact copy", suggested, detail, number, partner, 1.0))
    return findings
