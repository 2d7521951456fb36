"""What a codebook expects of an emotion, in words."""

from __future__ import annotations

import re

from fer_xai.charts.words import in_region_order, listing, region_name
from fer_xai.errors import InputError
from fer_xai.facs.codebooks import load_codebook, unit_parts


def expected(codebook: str, emotion: str) -> str | None:
    """The emotion's core action units and where they show; None without units or for unbundled codebooks."""
    try:
        book = load_codebook(codebook)
    except InputError:  # a study made with a codebook of one's own knows its name and figures, not its file
        return None
    units = book.core.get(emotion)
    if not units:
        return None
    sides = {re.sub(r"_[RL]$", "", part) for unit in units for part in unit_parts(unit)}
    places = {{"forehead_mid": "forehead", "forehead_lat": "forehead"}.get(part, part) for part in sides}
    optional = book.optional.get(emotion)
    also = f" (may come with {', '.join(map(str, optional))})" if optional else ""
    names = listing([region_name(place) for place in in_region_order(places)])
    return f"Action units {' + '.join(map(str, units))}{also}: {names}."
