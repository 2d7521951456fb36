"""Colours with one meaning each, safe for colour-blind readers, in light and dark.

Red speaks for, or is more than its area; blue speaks against, or is less: the LIME document's scheme, on ColorBrewer's
*RdBu*, whose two arms stay apart under every common colour blindness. Amounts without a sign go from paper to teal.
"""

from __future__ import annotations

import math

import numpy as np

STEPS = 8
POSITIVE = (178, 24, 43)
NEGATIVE = (33, 102, 172)
_ARMS = {
    "light": {
        "p": ((247, 247, 247), (253, 219, 199), (244, 165, 130), (214, 96, 77), (178, 24, 43)),
        "n": ((247, 247, 247), (209, 229, 240), (146, 197, 222), (67, 147, 195), (33, 102, 172)),
        "s": ((247, 247, 247), (205, 230, 226), (128, 196, 188), (53, 151, 143), (1, 102, 94)),
    },
    "dark": {
        "p": ((42, 45, 50), (84, 52, 48), (142, 62, 52), (206, 92, 74), (244, 150, 122)),
        "n": ((42, 45, 50), (38, 62, 86), (40, 92, 138), (74, 142, 196), (140, 194, 232)),
        "s": ((42, 45, 50), (34, 66, 66), (28, 98, 96), (52, 146, 138), (128, 204, 192)),
    },
}
# Paper, inks and lines; `one` to `four` are things side by side that have no order and no sign.
THEMES = {
    "light": {
        "paper": "#fdfdfc",
        "card": "#ffffff",
        "ink": "#1d2126",
        "soft": "#565e68",
        "line": "#dcdfe3",
        "faint": "#f2f3f4",
        "link": "#0b5a8a",
        "focus": "#b45309",
        "track": "#e9ebed",
        "one": "#0f7f78",
        "two": "#c07f14",
        "three": "#7457a8",
        "four": "#8a9099",
    },
    "dark": {
        "paper": "#16181b",
        "card": "#1d2024",
        "ink": "#e7e9ec",
        "soft": "#a7afb9",
        "line": "#373c43",
        "faint": "#23272c",
        "link": "#8cc8f2",
        "focus": "#fbbf24",
        "track": "#31363c",
        "one": "#4cc2b6",
        "two": "#e6ac4a",
        "three": "#b9a2ea",
        "four": "#7d8590",
    },
}

Rgb = tuple[int, int, int]


def _along(anchors: tuple[Rgb, ...], position: float) -> Rgb:
    places = np.linspace(0.0, 1.0, len(anchors))
    red, green, blue = (round(float(np.interp(position, places, channel))) for channel in zip(*anchors, strict=True))
    return red, green, blue


def luminance(colour: Rgb) -> float:
    """Relative luminance after WCAG 2, in [0, 1]."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio after WCAG 2, in [1, 21]."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: Rgb) -> Rgb:
    """Black or white, whichever reads better: at least 4.5 to 1 on any colour."""
    black, white = (0, 0, 0), (255, 255, 255)
    return black if contrast(black, colour) >= contrast(white, colour) else white


def shades(scheme: str) -> dict[str, Rgb]:
    """Every cell class of the ``"light"`` or ``"dark"`` scheme with its colour: z, n1…n8, p1…p8, s1…s8."""
    arms = _ARMS[scheme]
    found = {"z": arms["p"][0]}
    for arm, anchors in arms.items():
        found |= {f"{arm}{step}": _along(anchors, step / STEPS) for step in range(1, STEPS + 1)}
    return found


def hexed(colour: Rgb) -> str:
    """A colour as ``"#rrggbb"``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def diverging(value: float | None, limit: float) -> str:
    """The cell class of a signed value; full colour at ± ``limit``, none for NaN."""
    if value is None or not math.isfinite(value):
        return "x"
    step = min(STEPS, round(STEPS * abs(value) / limit))
    return "z" if step == 0 else f"{'p' if value > 0 else 'n'}{step}"


def sequential(value: float | None, limit: float = 1.0) -> str:
    """The cell class of an amount in [0, ``limit``]."""
    if value is None or not math.isfinite(value):
        return "x"
    step = max(0, min(STEPS, round(STEPS * value / limit)))
    return f"s{step}" if step else "z"
