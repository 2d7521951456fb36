"""What all commands share: help with examples that work, loudness, exit codes, closed pipes, completion."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner, Result

import fer_xai
from fer_xai.cli import app as application
from fer_xai.cli import loudness
from fer_xai.cli.app import app
from fer_xai.cli.errors import Commands, one_line
from fer_xai.cli.loudness import detail, remark
from fer_xai.cli.progress import bar, spinning
from fer_xai.errors import InputError

COMMANDS: dict[str, Any] = get_command(app).commands


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fer_xai", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


@pytest.fixture
def tiny() -> typer.Typer:
    """An app of two commands whose only work is to tell something, or to go wrong."""

    @one_line
    def work(fault: str = "") -> None:
        detail("opened a model")
        remark("left something out")
        with bar() as track:
            track("faces", 1, 2)
        turned = RuntimeError("initialization failed")
        turned.__context__ = KeyboardInterrupt()
        faults = {
            "input": InputError("received\nnothing: give something"),
            "stop": KeyboardInterrupt(),
            "turned": turned,
        }
        if fault:
            raise faults.get(fault, ZeroDivisionError("by zero"))
        typer.echo("result")

    @one_line
    def report() -> None:
        raise KeyboardInterrupt

    made = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    made.command()(work)
    made.command()(report)
    return made


class TestHelp:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_teaches_by_an_example_that_it_would_take(self, name):
        lines = [line for line in COMMANDS[name].epilog.splitlines() if line.startswith("fer-xai")]
        assert any(line.split()[1] == name for line in lines)
        for line in lines:
            words = shlex.split(line.replace("\\[", "[").partition(" | ")[0])
            # Parsing refuses options that do not exist and arguments that are missing; nothing is run.
            COMMANDS[words[1]].make_context(words[1], words[2:])

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_can_be_quiet_verbose_and_read_by_programs(self, name):
        options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        assert {"--quiet", "--verbose", "--json"} <= options

    def test_the_prose_is_not_broken_where_the_source_is(self):
        shown = run("report", "--help").stdout
        assert "by the bundled classifier. A run that" in " ".join(shown.split())
        assert "Example:" not in shown

    def test_the_exit_codes_are_told(self):
        told = run("--help").stdout
        assert all(code in told for code in ("0 done", "2 not possible", "130 stopped", "141 nobody"))


class TestLoudness:
    def test_progress_and_remarks_go_to_stderr(self, tiny):
        result = CliRunner().invoke(tiny, ["work"])
        assert result.stdout == "result\n"
        assert "left something out" in result.stderr
        assert "faces" in result.stderr
        assert "opened a model" not in result.stderr

    def test_quiet_leaves_the_result_alone(self, tiny):
        result = CliRunner().invoke(tiny, ["work", "--quiet"])
        assert (result.stdout, result.stderr) == ("result\n", "")

    def test_verbose_tells_what_was_opened_and_how_long_it_took(self, tiny):
        told = CliRunner().invoke(tiny, ["work", "--verbose"]).stderr
        assert "opened a model" in told
        assert re.search(r"done in \d+\.\d s", told)

    def test_both_are_refused(self, tiny):
        result = CliRunner().invoke(tiny, ["work", "-q", "-v"])
        assert result.exit_code == 2
        assert "--quiet and --verbose" in result.stderr


class TestWhatGoesWrong:
    def test_is_told_in_one_line_with_its_code(self, tiny):
        result = CliRunner().invoke(tiny, ["work", "--quiet", "--fault", "input"])
        assert result.exit_code == 2
        assert result.stderr == "fer-xai: received nothing: give something\n"

    def test_is_told_with_its_place_when_asked(self, tiny):
        told = CliRunner().invoke(tiny, ["work", "--verbose", "--fault", "input"]).stderr
        assert "Traceback" in told
        assert told.endswith("fer-xai: received nothing: give something\n")

    def test_ctrl_c_is_one_line_and_130(self, tiny):
        result = CliRunner().invoke(tiny, ["work", "--quiet", "--fault", "stop"])
        assert (result.exit_code, result.stderr) == (130, "fer-xai: stopped\n")
        assert "goes on from there" in CliRunner().invoke(tiny, ["report"]).stderr

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("report",), "Missing option '--out'"),
            (("report", "--modle", "x"), "--model"),
            (("explain", "--limit", "3"), "See fer-xai explain --help"),
            (("reprot",), "Did you mean 'report'?"),
            (("report", "--out", "x", "--limit", "0"), "'--limit'"),
        ],
    )
    def test_a_wrong_call_is_one_line_that_helps(self, arguments, message):
        result = CliRunner().invoke(app, list(arguments), prog_name="fer-xai")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.startswith("fer-xai: ")
        assert len(result.stderr.splitlines()) == 1
        assert message in result.stderr

    def test_a_fault_of_ours_is_one_line_and_1_with_its_place_when_asked(self, tiny, monkeypatch, capsys):
        monkeypatch.setattr(application, "app", lambda: tiny(["work", "-q", "--fault", "ours"]))
        with pytest.raises(SystemExit) as stopped:
            application.main()
        assert stopped.value.code == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "ZeroDivisionError: by zero" in line
        assert "--verbose" in line
        monkeypatch.setattr(application, "app", lambda: tiny(["work", "-v", "--fault", "ours"]))
        with pytest.raises(ZeroDivisionError):
            application.main()
        loudness.choose(False, False)


class TestProgram:
    def test_runs_as_a_module(self):
        result = program("--version")
        assert (result.returncode, result.stdout, result.stderr) == (0, f"{fer_xai.__version__}\n", "")

    def test_no_color_is_respected(self):
        colour = re.compile(r"\x1b\[[\d;]*3\d[\d;]*m")
        assert colour.search(program("report", "--help", FORCE_COLOR="1").stdout)
        assert not colour.search(program("report", "--help", FORCE_COLOR="1", NO_COLOR="1").stdout)

    def test_a_closed_pipe_is_silent(self):
        with subprocess.Popen(
            [sys.executable, "-m", "fer_xai", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert process.stderr is not None
            assert process.stderr.read() == b""
        assert process.returncode == 141

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("fer-xai expl", "explain"),
            ("fer-xai explain --method gradcam_", "gradcam_plus_plus"),
            ("fer-xai compare A.h5 B.h5 --codebook facs", "facs2002"),
            ("fer-xai report --split v", "validation"),
        ],
    )
    def test_names_are_completed(self, words, expected):
        environment = {"_FER_XAI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        result = CliRunner().invoke(app, [], env=environment, prog_name="fer-xai")
        assert expected in result.stdout.split()


@pytest.mark.parametrize(
    "line",
    [
        "report --data nowhere.csv --out {out}",
        "report --model nowhere.h5 --out {out}",
        "evaluate --data nowhere.csv",
        "compare nowhere.h5 compact --out {out}",
        "explain {face} --model nowhere.h5 --out {out}/a.png",
        "explain nowhere.png --out {out}/a.png",
        "network nowhere.h5 --out {out}",
        "train drawn --data nowhere.csv --out {out}/a.keras",
        "report --methods nowhere --out {out}",
        "report --split nowhere --out {out}",
        "report --target nowhere --out {out}",
        "report --codebook nowhere --out {out}",
        "report --emotions nowhere --out {out}",
        "report --scaling nowhere --out {out}",
        "report --colour nowhere --out {out}",
        "report --illumination nowhere --out {out}",
        "report --input-shape nowhere --out {out}",
        "report --drop nowhere --out {out}",
        "explain face.png --kind nowhere --out {out}/a.png",
        "explain face.png --method nowhere --out {out}/a.png",
        "clean --checks nowhere --out {out}/a.csv",
        "clean --split nowhere --out {out}/a.csv",
        "inspect m.h5 --data sample --split nowhere",
        "compare compact baseline-cnn --scaling nowhere --out {out}",
        "compare compact baseline-cnn --emotions nowhere --out {out}",
    ],
)
def test_what_is_not_there_is_refused_before_tensorflow_loads(line, tmp_path, monkeypatch):
    from importlib import import_module

    def late() -> None:
        raise AssertionError("TensorFlow loads first")

    (face := tmp_path / "face.png").touch()
    (out := tmp_path / "out").mkdir()
    command, *arguments = line.format(out=out, face=face).split()
    monkeypatch.setattr(import_module(f"fer_xai.cli.{command}"), "load_tensorflow", late)
    result = run(command, *arguments)
    assert result.exit_code == 2, result.output
    assert "nowhere" in result.stderr


def test_a_log_has_lines_instead_of_a_bar(tiny):
    told = CliRunner().invoke(tiny, ["work"]).stderr.splitlines()
    assert told == ["left something out", "faces: 1 of 2"]


def test_ctrl_c_that_an_import_turned_into_an_error_is_still_ctrl_c(tiny):
    result = CliRunner().invoke(tiny, ["work", "--quiet", "--fault", "turned"])
    assert (result.exit_code, result.stderr) == (130, "fer-xai: stopped\n")


def test_a_terminal_is_told_that_something_is_being_done_and_a_log_is_not(monkeypatch, capsys):
    with spinning("explaining 1 face"):
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("TERM", "xterm")
    loudness.choose(quiet=False, verbose=False)
    with spinning("explaining 1 face"):
        pass
    told = capsys.readouterr()
    assert "explaining 1 face" in told.err
    assert told.out == ""
