"""What real classifiers measure, by every standard method: S on two codebooks, and separability.

    python benchmarks/what_methods_measure.py --data fer2013.csv --keep maps \
        --model trained=trained.hdf5,tf --model early=early.hdf5,tf --model gap=gap.h5,unit --model bundled=,unit

The faces of ``what_classifiers_measure.py``: FER2013's private test split, the first 60 faces with landmarks of each
emotion but neutral; target = label. Maps are kept in ``--keep``, so that a stopped run goes on there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from what_classifiers_measure import chosen_faces, fine

from fer_xai import Faces, explain, load_classifier
from fer_xai.facs import (
    FaceMasks,
    RegionProfile,
    load_codebook,
    part_profiles,
    separability_from_profile,
    specificity_difference,
    specificity_from_profile,
)
from fer_xai.study import STANDARD_METHODS

BOOKS = ("du2014", "facs2002")
CHUNK = 32
SETTINGS = {
    **{f"lime:{s}": {"samples": 300} for s in ("slic", "felzenszwalb", "quickshift")},
    "integrated_gradients": {"max_steps": 64},
}


def maps_of(path: Path, model: str, method: str, faces: Faces, masks: FaceMasks) -> np.ndarray:
    """Attributions (N, H, W) of one method, explained now or kept from an earlier run."""
    if not path.exists():
        file, scaling = model.split(",")
        classifier = load_classifier(file, scaling=scaling, emotions="fer2013") if file else load_classifier()
        parts = [
            explain(classifier, faces[start : start + CHUNK], method, "label", **SETTINGS.get(method, {})).attributions
            for start in range(0, len(faces), CHUNK)
        ]
        partial = path.with_suffix(".partial.npy")
        np.save(partial, np.concatenate(parts))
        partial.replace(path)
    return np.load(path)


def tell(name: str, profile: RegionProfile) -> str:
    """A line: S on each codebook and separability, with intervals."""
    cells = []
    for book in map(load_codebook, BOOKS):
        masks = profile.merged(book.merge, book.emotions)
        s = specificity_from_profile(masks.mass, masks.area, profile.emotions, book.emotions)
        cells.append(f"{s.value:+.2f} [{s.low:+.2f}, {s.high:+.2f}]")
    told = separability_from_profile(fine(profile))
    cells.append(f"{told.value:.2f} [{told.low:.2f}, {told.high:.2f}]")
    return f"   {name:22s} " + "   ".join(cells)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--keep", required=True, type=Path)
    parser.add_argument("--model", action="append", required=True, help="NAME=FILE,SCALING; no file is the bundled one")
    parser.add_argument("--faces", type=int, default=60, help="for each emotion")
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    faces, masks = chosen_faces(given.data, given.faces)
    models = dict(text.split("=", 1) for text in given.model)
    labels = list(faces.labels)
    print(f"{len(faces)} faces; S on {', '.join(BOOKS)}; separability (chance {1 / 6:.3f})")
    measured: dict[tuple[str, str], RegionProfile] = {}
    blind: dict[str, RegionProfile] = {}
    for method in STANDARD_METHODS:
        for name, model in models.items():
            path = given.keep / f"{name}-{method.replace(':', '-')}.npy"
            profiles = part_profiles(faces, maps_of(path, model, method, faces, masks), labels, masks=masks)
            measured[name, method] = profiles["measured"]
            blind = {baseline: profiles[baseline] for baseline in ("blob", "sobel")}
            print(f"{name}, {method} measured", flush=True)
    for name in models:
        print(f"\n{name}")
        for method in STANDARD_METHODS:
            print(tell(method, measured[name, method]), flush=True)
    print("\nmaps that know nothing of the classifier")
    for baseline, profile in blind.items():
        print(tell(baseline, profile), flush=True)
    first, *others = models
    for other in others:
        print(f"\n{first} less {other}, paired, S on {', '.join(BOOKS)}")
        for method in STANDARD_METHODS:
            found = [specificity_difference(measured[first, method], measured[other, method], book) for book in BOOKS]
            cells = "   ".join(f"{d.value:+.2f} [{d.low:+.2f}, {d.high:+.2f}], p {d.p:.3f}" for d in found)
            print(f"   {method:22s} {cells}", flush=True)


if __name__ == "__main__":
    main()
