"""Run explainers over many faces, chunk by chunk, so that a stopped run goes on where it was."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fer_xai import __version__
from fer_xai.atomic import sweep
from fer_xai.classifier import Classifier
from fer_xai.engine import answers, engine_for
from fer_xai.errors import InputError
from fer_xai.explainers import Explainer, make_explainer
from fer_xai.explainers.registry import full_name, methods_for
from fer_xai.explainers.target import resolve_target
from fer_xai.faces import Faces
from fer_xai.facs import Codebook, list_codebooks, load_codebook
from fer_xai.lock import only_writer
from fer_xai.study import blind, causal, chunks, groups, sampling, tables, wrong
from fer_xai.study.damage import discard_damaged
from fer_xai.study.files import output_folder, write_json
from fer_xai.study.progress import on_one_line
from fer_xai.study.study import Study, chunk, starts_of
from fer_xai.study.trust import discard_trust, sample_sizes, write_trust
from fer_xai.study.work import Work
from fer_xai.study.workers import HERE, Track, Workers

OWN = ("study.json",)  # what a study's folder is known by

#: What a report shows where nothing else is asked for.
STANDARD_METHODS = (
    *("lime:slic", "lime:felzenszwalb", "lime:quickshift", "gradcam", "saliency", "occlusion"),
    *("integrated_gradients", "shap:regions"),
)

#: Options in a study unless others are given: LIME goes on, face by face, until its ranking has settled.
STANDARD_OPTIONS: dict[str, dict[str, Any]] = {"lime": {"samples": "auto"}}


def standard_methods(classifier: Classifier) -> tuple[tuple[str, ...], dict[str, str]]:
    """The standard methods that work on a classifier, and for each other one a line that says why not."""
    lacks = {name: lack for name, lack in methods_for(classifier).items() if name in STANDARD_METHODS}
    left_out = {name: lack for name, lack in lacks.items() if lack is not None}
    return tuple(name for name in STANDARD_METHODS if name not in left_out), left_out


def run_study(
    classifier: Classifier,
    faces: Faces,
    out: str | Path,
    methods: Sequence[str] = STANDARD_METHODS,
    target: str = "predicted",
    codebook: str = "facs2002",
    seed: int = 0,
    data: dict[str, Any] | None = None,
    options: dict[str, dict[str, Any]] | None = None,
    trust: int | None = None,
    workers: Workers = HERE,
    track: Track = on_one_line,
    ready: Callable[[Study], object] = lambda study: None,
) -> Study:
    """Explain all faces by all methods and write the study's folder.

    The same call on the same folder goes on where an earlier one stopped, and gives the same bytes. With further
    methods it explains by those only, and the folder is then as if all had been asked for at once.

    Parameters
    ----------
    classifier : Classifier
    faces : Faces
    out : path
        The study's folder.
    methods : sequence of str
        ``method`` or ``method:variant``.
    target : str
        See `fer_xai.explain`.
    codebook : str
        The emotion → action unit table that the report shows first: a bundled one, or a ``.json`` or ``.toml``
        file of one's own. All bundled ones are computed too.
    seed : int
    data : dict, optional
        What to say of the data: ``source`` and ``split``; else what the faces' table says.
    options : dict, optional
        Options by method name, e.g. ``{"lime:slic": {"samples": 500}}``; without any, LIME has `STANDARD_OPTIONS`.
    trust : int, optional
        Faces on which to measure which method to believe; 0 for none. Default: an eighth of them, 12 to 48;
        of fewer than 12 none, since nothing could be told.
    workers : Workers
        Who explains: this process (`HERE`), or others; see `fer_xai.study.workers`.
    track : callable
        Called with (what, done, total); while explaining, `what` ends with the method: ``…, now lime:slic``. Default: a
        line on stderr, in terminals and notebooks only.
    ready : callable
        Called with the study once all is written but which method to believe, if that is asked: it may take a while.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        If there are no faces, a method is unknown, `options` are of one that does not run, the classifier answers NaN
        on one of the faces, or the folder holds another study or is being written by another run.
    """
    if not len(faces):
        raise InputError("no faces to explain: the selection is empty")
    explainers = _explainers([name.strip() for name in methods], options or {})
    books = _codebooks(codebook)
    resolve_target(target, [classifier.emotions[0]] * len(faces), faces.labels, classifier.emotions)
    manifest = _manifest(classifier, faces, explainers, target, books[0], seed, data or {})
    _refuse_no_answers(classifier, faces, Path(out))
    # Everything that can be refused has been, before anything is written.
    out = output_folder(Path(out), own=OWN)
    with only_writer(out / ".lock", out):
        if _claim(out, manifest):
            track("which method to believe was asked of fewer methods, and is forgotten", 1, 1)
        sweep(out)
        for piece in discard_damaged(out):
            track(f"{piece} is damaged and will be made again", 1, 1)
        work, starts = Work(tuple(explainers), target, books, seed), starts_of(len(faces))
        workers.explain(work, out, classifier, faces, starts, track)
        study = Study(out)
        _add_up(study, starts, faces, track)
        sizes = sample_sizes(len(faces), trust)
        if any(sizes):
            ready(study)
            write_trust(study, classifier, explainers, target, sizes, track)
        return study


def _explainers(methods: Sequence[str], options: dict[str, dict[str, Any]]) -> list[Explainer]:
    """The methods made, with what is standard in a study unless an option says otherwise."""
    idle = [name for name in options if name not in methods]
    if idle:
        raise InputError(f"options for {', '.join(idle)}, which does not run; the methods are {', '.join(methods)}")
    standard = {name: STANDARD_OPTIONS.get(name.partition(":")[0], {}) for name in methods}
    return [make_explainer(name, **standard[name] | options.get(name, {})) for name in methods]


def _add_up(study: Study, starts: Sequence[int], faces: Faces, track: Track) -> None:
    """Add up and test what was explained."""
    out, seed = study.path, study.manifest["seed"]
    track("adding up and testing", 0, 1)
    told = tables.finish(study, starts)
    blind.finish_blind(study, starts, told)
    causal.finish_causal(out, starts, seed)
    chunks.merge(out, "occluders", ["occluders"], starts)
    wrong.write_wrong(study, starts, faces)
    groups.write_groups(study, starts, faces)
    sampling.finish_sampling(out, study.methods, starts)
    track("adding up and testing", 1, 1)


def _refuse_no_answers(classifier: Classifier, faces: Faces, out: Path) -> None:
    """Ask the classifier about all faces that an earlier run did not: one pass each, of the thousand that follow."""
    for start in starts_of(len(faces)):
        if not chunks.table(out, "predictions", start).exists():
            answers(classifier, chunk(faces, start))


def _codebooks(first: str) -> tuple[Codebook, ...]:
    """The codebook asked for, perhaps one's own file, then all bundled ones."""
    chosen = load_codebook(first)
    return (chosen, *(load_codebook(name) for name in list_codebooks() if name != chosen.name))


def _manifest(
    classifier: Classifier,
    faces: Faces,
    explainers: Sequence[Explainer],
    target: str,
    codebook: Codebook,
    seed: int,
    data: dict[str, Any],
) -> dict[str, Any]:
    content = hashlib.blake2b(digest_size=16)
    for start in range(0, len(faces), 1024):
        part = faces[start : start + 1024]
        content.update(part.pixels().tobytes())
        content.update(json.dumps([part.ids, part.labels]).encode())
    settings = {full_name(e): dataclasses.asdict(e) for e in explainers}  # type: ignore[call-overload]
    return {
        "version": __version__,
        "model": classifier.describe() | _cam_layer(classifier, faces, explainers),
        "data": {
            **(_origin(faces) | data),
            "faces": len(faces),
            "labelled": sum(label is not None for label in faces.labels),
            "size": [*faces.size, faces.channels],
            "skipped": list(faces.skipped),
            "content": content.hexdigest(),
        },
        "methods": settings,
        "target": target,
        "codebook": codebook.name,
        "action_units": {emotion: list(units) for emotion, units in codebook.core.items()},
        "seed": seed,
    }


def _origin(faces: Faces) -> dict[str, Any]:
    """Where faces come from, as far as their table tells."""
    sources = sorted(set(faces.table["source"]))
    files = all(os.path.isabs(source) for source in sources)
    source = (
        os.path.commonpath(sources) if files else sources[0] if len(sources) == 1 < len(faces) else "faces in memory"
    )
    return {"source": source, "split": ", ".join(sorted(set(faces.table["split"]) - {""})) or None}


def _cam_layer(classifier: Classifier, faces: Faces, explainers: Sequence[Explainer]) -> dict[str, Any]:
    """Which layer Grad-CAM reads, where it is among the methods, and its cells; no method's layer may be missing."""
    engine, face = engine_for(classifier), faces[:1].images()
    read = {
        full_name(explainer): next(engine.layer_gradients(face, None, explainer.layer))
        for explainer in explainers
        if hasattr(explainer, "layer")
    }
    cam = read.get("gradcam")
    return {} if cam is None else {"cam_layer": cam.layer, "cam_grid": list(cam.activations.shape[1:3])}


def _claim(out: Path, manifest: dict[str, Any]) -> bool:
    """Write the manifest, or make sure that the folder's is the same but for further methods.

    Whether for these it was forgotten which method to believe: that is measured on all methods together.
    """
    path = out / "study.json"
    if not path.exists():
        write_json(path, manifest)
        return False
    earlier, asked = Study(out).manifest, json.loads(json.dumps(manifest))
    changed = [key for key in manifest if _identity(earlier, key) != _identity(asked, key)]
    if changed == ["methods"] and all(asked["methods"].get(name) == was for name, was in earlier["methods"].items()):
        measured = (out / "trust.parquet").exists()
        discard_trust(out)
        write_json(path, manifest)
        return measured
    if changed:
        what = f"{', '.join(changed)}{_apart(earlier, asked, changed)}"
        raise InputError(
            f"{out} holds a study that differs in its {what}: give another --out, or delete it to start anew"
        )
    return False


def _apart(there: dict[str, Any], asked: dict[str, Any], changed: Sequence[str]) -> str:
    """What tells two studies apart, as far as that has a name."""
    told = []
    if "model" in changed:
        names = {name: name for name in ("scaling", "emotions", "colour", "output", "illumination")}
        told += _differences(there.get("model") or {}, asked["model"], names) or ["another file"]
    if "data" in changed:
        names = {"source": "source", "split": "split", "faces": "number of faces"}
        told += _differences(there.get("data") or {}, asked["data"], names) or ["as many faces, but others"]
    if "methods" in changed:
        told += _methods_apart(there.get("methods") or {}, asked["methods"])
    told += _differences(there, asked, {name: name for name in ("target", "codebook", "seed") if name in changed})
    return f" ({'; '.join(told)})" if told else ""


def _differences(there: dict[str, Any], asked: dict[str, Any], names: dict[str, str]) -> list[str]:
    return [
        f"{name} {_said(there.get(key))} there and {_said(asked.get(key))} here"
        for key, name in names.items()
        if there.get(key) != asked.get(key)
    ]


def _said(value: Any) -> str:
    return "none" if value is None else " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _methods_apart(there: dict[str, dict[str, Any]], asked: dict[str, dict[str, Any]]) -> list[str]:
    """What keeps a study from growing by the methods asked for: those left out, and options that are others."""
    told = []
    for name in (name for name in there if name in asked):
        told += _differences(there[name], asked[name], {option: f"{name}.{option}" for option in there[name]})
    if missing := [name for name in there if name not in asked]:
        both = ",".join([*there, *(name for name in asked if name not in there)])
        told.append(f"it has {', '.join(missing)} too: with --methods {both} it goes on")
    return told


def _identity(manifest: dict[str, Any], key: str) -> Any:
    """What makes two studies the same.

    Keras numbers unnamed layers anew in each process, so their names do not; nor does whether a setting was said.
    """
    value = manifest.get(key)
    left_out = ("cam_layer", "cam_grid", "assumed")
    return {k: v for k, v in value.items() if k not in left_out} if isinstance(value, dict) else value
