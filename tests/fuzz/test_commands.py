"""The command line: whatever is typed ends in a result, or in one line and code 2.

What costs seconds (explaining, training, drawing) stands behind a gate that refuses, so that a case costs milliseconds:
reading, checking and refusing is what is tried here. The work itself is tried elsewhere.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from typer.main import get_command
from typer.testing import CliRunner

from fer_xai.cli.app import app
from fer_xai.errors import InputError
from tests.fuzz.mutations import strange_texts
from tests.fuzz.outcome import cases, check_line, tried

pytest.importorskip("flask")
pytest.importorskip("waitress")

COMMANDS: dict[str, Any] = get_command(app).commands
_PLAUSIBLE = (
    *("model.keras", "faces.csv", "faces.npz", "face.png", "votes.csv", "cleaning.csv", "mine.toml", "folder", "new"),
    *("new/below", "out.png", "out.csv", "out.keras", "out.npz", "faces.csv/below", ".", "compact", "sample", "drawn"),
    *(
        "happy",
        "fear-surprise",
        "predicted",
        "label",
        "lime:slic",
        "gradcam",
        "occlusion,gradcam",
        "unit",
        "zscore:1,2",
    ),
    *(
        "fer2013",
        "alphabetical",
        "grey",
        "48x48x1",
        "8x8x1",
        "8x8x3",
        "0",
        "1",
        "3",
        "100",
        "train",
        "test",
        "samples=5",
    ),
    *("tiny.py:build", "os:getcwd", "127.0.0.1", "localhost", "compact,happy", "clahe", "float32", "none", "facs2002"),
)
_MODEL, _DATA = ("--model", "model.keras"), ("--data", "faces.csv")
_WORKS = {
    "report": ("--out", "new", *_MODEL, *_DATA),
    "explain": ("--out", "out.png", "face.png", *_MODEL),
    "compare": ("--out", "new", "model.keras", "model.keras", *_DATA),
    "network": ("--out", "new", "model.keras", *_DATA),
    "inspect": ("--seed", "3", "model.keras", *_DATA),
    "evaluate": ("--out", "new", *_MODEL, *_DATA),
    "clean": ("--out", "out.csv", *_DATA),
    "train": ("--out", "out.keras", "compact", *_DATA),
    "ensemble": ("--out", "out.keras", "model.keras", "model.keras"),
    "serve": ("--port", "0", *_MODEL),
}


def _reached(*_: Any, **__: Any) -> Any:
    raise InputError("the gate: what follows costs seconds")


def _bound(bind: Callable[..., Any], host: str, port: int) -> Any:
    bind(host, port).close()
    _reached()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of everything."""
    import keras
    from keras import layers

    place = tmp_path_factory.mktemp("commands")
    inputs = layers.Input((8, 8, 1))
    keras.Model(inputs, layers.Dense(7, activation="softmax")(layers.Flatten()(inputs))).save(place / "model.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, 8), np.uint8)
    rows = [f"{n},{' '.join(map(str, face.ravel()))},PrivateTest" for n, face in enumerate(pixels)]
    (place / "faces.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]))
    np.savez(place / "faces.npz", images=pixels)
    Image.fromarray(pixels[0]).save(place / "face.png")
    (place / "votes.csv").write_text("neutral,happiness\n1,2\n")
    (place / "cleaning.csv").write_text("face,pixels,suggested\nrow-0,00,drop\n")
    (place / "mine.toml").write_text("happy = [6, 12]\n")
    (place / "tiny.py").write_text("def build():\n    raise RuntimeError('two\\nlines')\n")
    (place / "folder" / "happy").mkdir(parents=True)
    shutil.copy(place / "face.png", place / "folder" / "happy")
    return place


@pytest.fixture(scope="module")
def gated(place: Path) -> Iterator[Path]:
    """The same folder, to work in, with a gate before everything that costs seconds."""
    import fer_xai.classifier.load as load
    from fer_xai.web import server

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("HOME", str(place / "home"))
        patch.setattr(load, "read_model", functools.cache(load.read_model))
        patch.setattr(load, "remember", lambda *_: None)
        patch.setattr("fer_xai.classifier.remember", lambda *_: None)
        for gate in (
            *("fer_xai.study.run_study", "fer_xai.comparison.run_comparison", "fer_xai.faces.cleaning.find_doubtful"),
            *("fer_xai.report.network_page.write_network_page", "fer_xai.api.run_explainer"),
            *("fer_xai.cli.trained.fit", "fer_xai.cli.trained.train_members", "fer_xai.cli.evaluate._measure"),
            *("fer_xai.classifier.ensemble.ensemble", "fer_xai.web.make_app"),
            *("fer_xai.evaluation.inspect_classifier", "fer_xai.evaluation.describe_anatomy"),
        ):
            patch.setattr(gate, _reached)
        patch.setattr(server, "bind", functools.partial(_bound, server.bind))
        yield place


@st.composite
def lines(draw: Any) -> list[str]:
    """A command that works, with one to three more options, each with a plausible or a strange value."""
    name = draw(st.sampled_from(sorted(COMMANDS)))
    typed = [name, *draw(st.sampled_from((_WORKS.get(name, ()), _WORKS.get(name, ())[2:])))]
    values = st.one_of(st.sampled_from(_PLAUSIBLE), strange_texts())
    for parameter in draw(st.lists(st.sampled_from(COMMANDS[name].params), min_size=1, max_size=3)):
        if "--help" in parameter.opts:
            continue
        if parameter.param_type_name == "argument":
            typed.append(draw(values))
        elif parameter.is_flag:
            typed.append(parameter.opts[0])
        else:
            typed += [draw(st.sampled_from(parameter.opts)), draw(values)]
    return typed


@pytest.mark.parametrize(
    "typed",
    [
        ("report", "--out", "new", *_DATA, *_MODEL, "--limit", "2", "--seed=-1"),
        ("report", "--out", "new", *_DATA, *_MODEL, "--input-shape", "²x²x1"),
        ("report", "--out", "new", *_DATA, *_MODEL, "--input-shape", f"{'9' * 5000}x1x1"),
        ("report", "--out", "new", "--data", "a" * 5000, *_MODEL),
        ("report", "--out", "a" * 5000, *_DATA, *_MODEL),
        ("explain", "a" * 5000, "--out", "out.png", *_MODEL),
        ("clean", "--out", "out.csv", "--seed", str(2**32)),
        ("explain", "caf\udce9.png", "--out", "out.png", *_MODEL),
        ("report", "--out", "new", *_DATA, "--model", "caf\udce9.keras"),
        ("compare", ".", "model.keras", "--out", "new", *_DATA),
        ("serve", "--save", "new", "--port", "0", "--model", "folder"),
    ],
)
def test_what_was_once_told_as_a_fault_of_ours(gated, typed):
    result = CliRunner().invoke(app, list(typed), prog_name="fer-xai")
    assert (result.exit_code, result.stdout) == (2, "")
    check_line(result.stderr.splitlines()[-1].removeprefix("fer-xai: "))
    assert not (gated / "new").exists()


@given(st.one_of(lines(), lines(), lines(), st.lists(strange_texts(), max_size=4)))
@cases(30)
def test_whatever_is_typed(gated, typed):
    # The operating system hands over no NUL in an argument, and bytes that are no UTF-8 as lone surrogates.
    typed = [word.replace("\x00", "").replace("🙂", "\udce9") for word in typed]

    def run() -> None:
        result = CliRunner().invoke(app, typed, prog_name="fer-xai")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code in (0, 2), typed
        if result.exit_code and result.stderr:  # without a command, the help is shown
            told = result.stderr.splitlines()[-1]
            assert told.startswith("fer-xai: "), typed
            check_line(told.removeprefix("fer-xai: "))
            # Before it there may only be remarks, never a trace.
            assert "Traceback" not in result.stderr or {"-v", "--verbose"} & set(typed), typed
            raise InputError(told)

    tried("command line", run, gated)
