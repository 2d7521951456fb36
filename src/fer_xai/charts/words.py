"""How things are called and how numbers are written in the report: one place, so every page says it the same way."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from fer_xai.explainers.registry import explainer_classes

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"

_VARIANTS = {"slic": "SLIC", "felzenszwalb": "Felzenszwalb", "quickshift": "Quickshift"}
# Causal methods change the face itself and watch the answer, so they carry the headline; the others follow.
_CAUSAL = ("occlusion", "ablation", "shap:regions", "shap:segments", "shap:partition", "rise")
_RANKS = (
    *(*_CAUSAL, "lime", "gradcam", "gradcam_plus_plus", "layercam", "scorecam"),
    *("shap:gradient", "integrated_gradients", "smoothgrad", "saliency"),
)
_BLIND = {"blob": "A blob in the middle", "sobel": "An edge detector"}
_FILLS = {"inpaint": "painted over from what is around", "grey": "covered in grey", "blur": "blurred"}
_CODEBOOKS = {
    "facs2002": "FACS 2002",
    "facs1978": "FACS 1978",
    "emfacs": "EMFACS",
    "du2014": "Du 2014",
    "ckplus": "CK+",
    "belharbi2024": "Belharbi 2024",
}
# From the top of the face to the bottom; the background last.
_REGIONS = (
    *("forehead", "temple", "brow", "glabella", "brow_inner", "brow_outer", "upper_lid", "eye", "lower_lid"),
    *("crow_feet", "infraorbital", "nose", "nose_root", "nose_bridge", "nose_side", "nose_tip_wings", "cheek"),
    *("nasolabial", "mouth", "upper_lip_skin", "upper_lip", "mouth_inner", "lip_corner", "lower_lip"),
    *("lower_lip_skin", "chin_jaw", "chin", "jaw"),
)
_REGION_NAMES = {
    "chin_jaw": "chin and jaw",
    "crow_feet": "crow's feet",
    "brow_inner": "inner brow",
    "brow_outer": "outer brow",
    "glabella": "between the brows",
    "infraorbital": "below the eye",
    "nasolabial": "nose-to-mouth fold",
    "nose_tip_wings": "nose tip and wings",
    "lip_corner": "lip corners",
    "mouth_inner": "inside the mouth",
    "upper_lip_skin": "skin above the lip",
    "lower_lip_skin": "skin below the lip",
}


def method_name(method: str) -> str:
    """``"lime:slic"`` → ``"LIME · SLIC"``; a method the report does not know keeps its own words."""
    if method in _BLIND:
        return _BLIND[method]
    base, _, variant = method.partition(":")
    known = next((cls for name, cls in explainer_classes().items() if name.partition(":")[0] == base), None)
    name = known.title if known else base.replace("_", " ").capitalize()  # type: ignore[attr-defined]
    return f"{name} · {_VARIANTS.get(variant, variant.replace('_', ' '))}" if variant else name


def is_causal(method: str) -> bool:
    """Whether the method changes the face and watches the answer, without a surrogate model in between."""
    return method in _CAUSAL


def in_method_order(methods: Iterable[str]) -> list[str]:
    """Causal methods first, then surrogates, class maps and gradients; unknown ones last, in their given order."""
    rank = {name: place for place, name in enumerate(_RANKS)}

    def place(method: str) -> int:
        return rank.get(method, rank.get(method.partition(":")[0], len(rank)))

    return sorted(dict.fromkeys(methods), key=place)


def region_name(region: str) -> str:
    """A facial region in everyday words."""
    return _REGION_NAMES.get(region, region.replace("_", " "))


def in_region_order(regions: Iterable[str]) -> list[str]:
    """From forehead to chin; regions the report does not know after them, the background last."""
    rank = {name: place for place, name in enumerate(_REGIONS)} | {"background": len(_REGIONS) + 1}
    return sorted(dict.fromkeys(regions), key=lambda region: rank.get(region, len(_REGIONS)))


def codebook_name(codebook: str) -> str:
    """A codebook's short title."""
    return _CODEBOOKS.get(codebook, codebook)


def fill_words(fill: str) -> str:
    """How a region was hidden, in words."""
    return _FILLS.get(fill, fill)


def in_fill_order(fills: Iterable[str]) -> list[str]:
    """The ways of hiding a region, the least visible first."""
    return [fill for fill in _FILLS if fill in set(fills)]


def emotion_file(emotion: str) -> str:
    """The file name of an emotion's page: safe on every file system and in every link, one per name."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", lambda odd: "".join(f".{ord(letter):x}" for letter in odd.group()), emotion)
    return f"{safe or 'unnamed'}.html"


def listing(words: Sequence[str]) -> str:
    """``["a", "b", "c"]`` → ``"a, b and c"``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``counted(2, "face")`` → ``"2 faces"``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def percent(value: float | None, places: int = 0) -> str:
    """A share in [0, 1] as per cent; an en dash for what is not known.

    Whole ones say enough but where chance lies so near that they would hide the difference.
    """
    return f"{_hundredths(value, places)}\N{NO-BREAK SPACE}%" if value is not None and _known(value) else NOTHING


def span(low: float | None, high: float | None, places: int = 0) -> str:
    """An interval of shares: ``"61–70 %"``."""
    if low is None or high is None or not (_known(low) and _known(high)):
        return NOTHING
    return f"{_hundredths(low, places)}–{percent(high, places)}"


def _hundredths(share: float, places: int) -> str:
    return f"{100 * share:.{places}f}" if places else str(whole(share))


def whole(share: float) -> int:
    """A share in whole per cent, a half upwards: of 40 faces, 37 are 93 % and one is 3 %."""
    return math.floor(round(100 * share, 6) + 0.5)


def signed(value: float | None, places: int = 2) -> str:
    """A signed number with a real minus sign; never "−0.00"."""
    if value is None or not _known(value):
        return NOTHING
    text = f"{round(abs(value), 9) + 1e-9:.{places}f}"  # a half upwards, as per cents are
    sign = "" if float(text) == 0 else MINUS if value < 0 else "+"
    return sign + text


def points(share: float | None) -> str:
    """A difference of shares in signed whole points; below half a point decimals, so that its side of zero shows."""
    if share is None or not _known(share):
        return NOTHING
    size = abs(100 * share)
    return signed(100 * share, 0 if size >= 0.5 or size < 0.005 else 1 if size >= 0.05 else 2)


def whole_points(share: float | None) -> str:
    """The same without decimals, for cells of a table whose size is what counts."""
    return signed(100 * share, 0) if share is not None and _known(share) else NOTHING


def plain(value: float | None, places: int = 2) -> str:
    """A number that cannot be negative; an en dash for what is not known."""
    return f"{value:.{places}f}" if value is not None and _known(value) else NOTHING


def times(log2: float) -> str:
    """A log2 ratio as "3.1 times"."""
    return f"{ratio(log2)} times"


def ratio(log2: float) -> str:
    """A log2 ratio as a ratio: 3.1, or below one with two decimals, 0.07."""
    return f"{2**log2:.{1 if log2 >= 0 else 2}f}"
