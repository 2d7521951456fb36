"""What is shipped: the wheel's files, its size, and what it says it needs."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# What a module is called where its distribution has another name.
DISTRIBUTIONS = {"PIL": "pillow", "skimage": "scikit-image", "sklearn": "scikit-learn", "werkzeug": "flask"}
# Taken where it happens to be installed, else TensorFlow's own.
OPTIONAL = {"ai_edge_litert"}


@pytest.fixture(scope="module")
def wheel() -> dict[str, int]:
    """The files that a wheel of this tree holds, with their sizes in bytes."""
    builders = pytest.importorskip("hatchling.builders.wheel")
    files = builders.WheelBuilder(str(ROOT)).recurse_included_files()
    return {file.distribution_path: Path(file.path).stat().st_size for file in files}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ;]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def imported() -> set[str]:
    """Distributions that the library imports, wherever in the code."""
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    third = found - set(sys.stdlib_module_names) - {"fer_xai"} - OPTIONAL
    return {DISTRIBUTIONS.get(name, name).replace("_", "-") for name in third}


def test_whatever_is_imported_is_declared():
    declared = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["web"])
    assert imported() <= declared | names(PROJECT["optional-dependencies"]["keras2"])


def test_every_file_that_git_knows_of_the_library_is_shipped(wheel):
    for path in (ROOT / "src" / "fer_xai").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert str(path.relative_to(ROOT / "src")) in wheel


def test_templates_types_and_weights_are_in(wheel):
    templates = {f"fer_xai/report/templates/{path.name}" for path in (ROOT / "reports" / "templates").iterdir()}
    assert templates <= set(wheel)
    assert {"fer_xai/py.typed", "fer_xai/classifier/bundled/compact.keras"} <= set(wheel)


def test_nothing_else_is_in(wheel):
    suffixes = {Path(name).suffix for name in wheel}
    assert not suffixes & {".pyc", ".zip", ".gz", ".npy", ".parquet", ".partial"}
    assert all(name.startswith("fer_xai/") for name in wheel)
    assert not any("fer2013" in Path(name).name for name in wheel)


def test_the_wheel_is_small(wheel):
    """Compressed it is smaller still; 15 MB are promised."""
    assert sum(wheel.values()) < 15e6


def test_the_source_archive_holds_whatever_the_wheel_is_made_of(wheel):
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    archived = {file.relative_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    needed = {file.relative_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert needed <= archived
    assert {"Makefile", "constraints.txt", "tests/conftest.py", "CONTRIBUTING.md", "docs/conf.py"} <= archived


def test_it_says_that_it_is_typed_and_runs_as_a_command():
    assert (ROOT / "src" / "fer_xai" / "py.typed").is_file()
    assert "Typing :: Typed" in PROJECT["classifiers"]
    assert PROJECT["scripts"] == {"fer-xai": "fer_xai.cli:main"}
