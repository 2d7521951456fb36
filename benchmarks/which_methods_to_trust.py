"""Which methods to trust on real classifiers: the verdicts of a report, on many more faces than a report takes.

    python benchmarks/which_methods_to_trust.py --data fer2013.csv --out verdicts \
        --model trained=trained.hdf5,tf --model early=early.hdf5,tf --model gap=gap.h5,unit --model bundled=,unit

A stratified sample of FER2013's private test split; each map explains the answer. Prints each classifier's sentence and
table, and writes its study, without a report, to ``--out/NAME``; a stopped run goes on there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from what_methods_measure import SETTINGS

from fer_xai import load_classifier, load_faces
from fer_xai.charts.words import method_name
from fer_xai.evaluation.trust.sentence import verdict_sentence
from fer_xai.evaluation.trust.verdict import judge
from fer_xai.explainers import make_explainer
from fer_xai.study import STANDARD_METHODS, Study, run_study
from fer_xai.study.trust import write_trust


def study_of(model: str, options: argparse.Namespace, out: Path) -> Study:
    """A study with its trust tables, made now or found."""
    file, scaling = model.split(",")
    classifier = load_classifier(file, scaling=scaling, emotions="fer2013") if file else load_classifier()
    faces = load_faces(options.data, split="test").sample(options.faces, options.seed)
    study = run_study(classifier, faces, out, options=SETTINGS, seed=options.seed, trust=0)
    explainers = [make_explainer(name, **SETTINGS.get(name, {})) for name in STANDARD_METHODS]
    write_trust(study, classifier, explainers, "predicted", (len(faces), options.again), tell)
    return study


def tell(what: str, done: int, total: int) -> None:
    """A line per measurement."""
    print(f"  {what}: {done} of {total}", flush=True)


def table(trust: pd.DataFrame, methods: list[str]) -> pd.DataFrame:
    """What the report's table shows, a row per method."""
    rows = []
    for verdict in judge(trust, methods):
        row: dict[str, object] = {"method": verdict.method}
        for name in ("faithful", "stable", "sanity", "grain"):
            found = getattr(verdict, name)
            row[name] = found.level
            row[f"{name}_is"] = f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}] vs {found.chance:.2f}"
        rows.append(row)
    return pd.DataFrame(rows)


def main() -> None:
    """Study and judge every classifier."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--model", action="append", required=True, metavar="NAME=FILE,SCALING")
    parser.add_argument("--faces", type=int, default=500)
    parser.add_argument("--again", type=int, default=40, help="faces on which the methods run again")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for given in options.model:
        name, _, model = given.partition("=")
        study = study_of(model, options, options.out / name)
        trust, methods = study.table("trust"), study.methods
        print(f"{name}: {verdict_sentence(trust, judge(trust, methods), method_name)}")
        blind = judge(trust, ["blob", "sobel", "random"])
        print(f"  ({', '.join(f'{found.method} {found.faithful.value:.2f}' for found in blind)})")
        print(table(trust, methods).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
