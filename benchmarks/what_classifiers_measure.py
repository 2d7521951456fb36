"""What real classifiers measure: occlusion on a trained mini-XCEPTION and on its one-epoch twin, by our own code.

    python benchmarks/what_classifiers_measure.py --data fer2013.csv --trained trained.hdf5 --early early.hdf5

Models are loaded with scaling −1…1 (``tf``); copy them first, because the answer is remembered beside them. FER2013's
private test split, the first 60 faces with landmarks of each emotion but neutral, target = label, patch 8, stride 4,
filled with the face's mean grey. Maps are the drop of the probability (what the library's occlusion gives) and of the
log probability (the figures in the documentation that this checks), from the same passes.

Printed (355 faces: disgust has 55 with landmarks; the documentation's figures in brackets):

                                      trained                      after one epoch
    S du2014                          +.242 (.169 to .319) [.16]   -.011 (-.085 to .056) [-.07]
    S facs2002                        +.054 (-.024 to .132) [.00]  -.002 (-.066 to .069) [-.07]
    S facs1978                        +.118 (.050 to .181) [.10]   -.005 (-.066 to .056) [-.07]
    S ckplus                          +.141 (.019 to .269) [.06]   -.000 (-.119 to .105) [-.06]
    S belharbi2024                    +.055 (.007 to .103) [.05]   -.021 (-.064 to .028) [-.09]
    S emfacs                          +.001 (-.075 to .068) [-.04] -.056 (-.118 to .009) [-.12]
    separability (chance .167)        .370 (.324 to .419) [.44]    .414 (.366 to .464) [.45]
    with blob and edges (these: .409) .473, +.064 (.014 to .117)   .502, +.093 (.046 to .147)

    baseline blob: S du2014 -.000, facs2002 +.010, separability .357 (.308 to .400)
    baseline edges: S du2014 +.028, facs2002 +.036, separability .312 (.266 to .358)
    trained less early, paired: S du2014 +.253 (.162 to .343), p .001; facs2002 +.056 (-.036 to .159), p .274
    trained less edges, paired: S du2014 +.214 (.132 to .287), p .001; facs2002 +.018 (-.060 to .097), p .718

Drops of log probability, as in the documentation, give the same within .013 for each S and .008 for separability. What
differs is which 60 faces: over 200 samples of 60 from all 2,897 faces with landmarks, the trained S on du2014 has mean
.22 and standard deviation .03; on all of them it is .223 (.190 to .257), and .022 (-.023 to .069) on facs2002.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from fer_xai import Faces, explain, load_classifier, load_faces
from fer_xai.facs import (
    FaceMasks,
    RegionProfile,
    list_codebooks,
    load_codebook,
    own_codebook_from_profile,
    part_profiles,
    region_names,
    separability_from_profile,
    separability_gain,
    specificity_difference,
    specificity_from_profile,
)
from fer_xai.facs.atlas import level_merge

SIX = ("angry", "disgust", "fear", "happy", "sad", "surprise")
PATCH, STRIDE = 8, 4
SMALLEST = 1e-12  # probability


def chosen_faces(data: str, per_emotion: int) -> tuple[Faces, FaceMasks]:
    """The first faces with landmarks of each emotion."""
    from fer_xai.faces.landmarks import find_landmarks

    faces = load_faces(data, split="test")
    labels = np.array([label or "" for label in faces.labels])
    tried = np.concatenate([np.flatnonzero(labels == emotion)[: per_emotion + 20] for emotion in SIX])
    found = find_landmarks(faces[tried].images())
    kept = np.concatenate([np.flatnonzero(found.found & (labels[tried] == e))[:per_emotion] for e in SIX])
    return faces[tried[kept]], FaceMasks.paint(faces[tried[kept]], found[kept])


def occlusion_maps(model: str, faces: Faces) -> dict[str, np.ndarray]:
    """Maps of the drop of probability and of log probability, from the same passes."""
    classifier = load_classifier(model, scaling="tf", emotions="fer2013")
    explanation = explain(classifier, faces, "occlusion", target="label", patch=PATCH, stride=STRIDE)
    own = [explanation.emotions.index(label) for label in explanation.targets]
    whole = explanation.probabilities[np.arange(len(faces)), own][:, None]
    hidden = np.clip(whole - explanation.details["drops"], SMALLEST, 1)
    drops = np.log(np.maximum(whole, SMALLEST)) - np.log(hidden)
    covers = patches(*faces.size)
    logs = np.einsum("nm,mhw->nhw", drops, covers, optimize=True) / covers.sum(axis=0)
    accuracy = np.mean([a == b for a, b in zip(explanation.predicted, faces.labels, strict=True)])
    print(f"   {model.rsplit('/', 1)[-1]}: right on {accuracy:.1%} of these faces")
    return {"probability": explanation.attributions, "log probability": logs.astype(np.float32)}


def patches(height: int, width: int) -> np.ndarray:
    """Where each patch lies, (patches, H, W), in the explainer's order."""
    sides = []
    for side in (height, width):
        starts = np.unique(np.append(np.arange(0, side - PATCH + 1, STRIDE), side - PATCH))
        offset = np.arange(side)[None] - starts[:, None]
        sides.append((offset >= 0) & (offset < PATCH))
    covers = sides[0][:, None, :, None] & sides[1][None, :, None, :]
    return covers.reshape(-1, height, width).astype(np.float32)


def fine(profile: RegionProfile) -> RegionProfile:
    """The 25 regions of a profile over parts."""
    return profile.merged(level_merge("fine"), region_names("fine"))


def tell(name: str, profile: RegionProfile) -> None:
    """Print S on each codebook, and separability."""
    print(f"\n{name}")
    for book in map(load_codebook, list_codebooks()):
        masks = profile.merged(book.merge, book.emotions)
        s = specificity_from_profile(masks.mass, masks.area, profile.emotions, book.emotions)
        print(f"   S {book.name:13s} {s.value:+.3f} ({s.low:+.3f} to {s.high:+.3f}), p {s.p:.3f}")
    told = separability_from_profile(fine(profile))
    interval = f"{told.low:.3f} to {told.high:.3f}"
    print(f"   separability {told.value:.3f} ({interval}), chance {told.chance:.3f}, p {told.p:.3f}")


def main() -> None:
    """Measure both models and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "trained", "early"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--faces", type=int, default=60, help="for each emotion")
    given = parser.parse_args()
    start = time.perf_counter()
    faces, masks = chosen_faces(given.data, given.faces)
    print(f"{len(faces)} faces")
    labels = list(faces.labels)
    maps = {model: occlusion_maps(getattr(given, model), faces) for model in ("trained", "early")}
    parts = {}
    for model, kinds in maps.items():
        for kind, values in kinds.items():
            parts[model, kind] = part_profiles(faces, values, labels, masks=masks)
            tell(f"{model}, drop of {kind}", parts[model, kind]["measured"])
    common = parts["trained", "probability"]
    for name in ("blob", "sobel"):
        tell(f"baseline: {name}", common[name])
    for kind in ("probability", "log probability"):
        print(f"\ntrained less early, drop of {kind}")
        first, second = (parts[model, kind]["measured"] for model in ("trained", "early"))
        for book in list_codebooks():
            d = specificity_difference(first, second, book)
            print(f"   S {book:13s} {d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f}), paired p {d.p:.3f}")
        for model in ("trained", "early"):
            profiles = parts[model, kind]
            gain = separability_gain(fine(profiles["measured"]), [fine(profiles[b]) for b in ("blob", "sobel")])
            for book in ("du2014", "facs2002"):
                for other in ("blob", "sobel"):
                    d = specificity_difference(profiles["measured"], profiles[other], book)
                    print(
                        f"   {model} less {other}: S {book} {d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f}), p {d.p:.3f}"
                    )
            print(
                f"   {model}: separability with blob and edges {gain.second:.3f}, with the maps too {gain.first:.3f}: "
                f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}), p {gain.p:.3f}"
            )
    for key in (("trained", "probability"), ("early", "probability")):
        own = own_codebook_from_profile(fine(parts[key]["measured"]))
        print(f"\nown codebook of {key[0]}, drop of {key[1]}")
        print(own.regions[own.regions["stands_out"]].drop(columns=["n", "p"]).round(3).to_string(index=False))
        print(own.units[["emotion", "unit", "name", "support", "value"]].round(2).to_string(index=False))
        print(own.correlations.drop(columns="emotions").round(3).to_string(index=False))
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
