"""What the pages tell a reader to type exists: commands, options, names; and every method and room has its page."""

from __future__ import annotations

import ast
import re
import shlex
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path

import pytest
from typer.main import get_command

from fer_xai import __version__, list_explainers
from fer_xai.cli.app import app
from fer_xai.training.recipe import list_recipes

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [path for path in sorted(DOCS.rglob("*.rst")) if not {"_build", "gallery"} & set(path.parts)]
COMMANDS = get_command(app).commands


def command_lines() -> list[tuple[str, str]]:
    """Every ``fer-xai …`` line that a page or the README shows, with where it stands."""
    found = []
    for path in [*PAGES, ROOT / "README.md"]:
        prompt = r"^" if path.suffix == ".md" else r"^ +(?:\$ )?"
        lines = re.findall(prompt + r"(fer-xai .+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        found += [(f"{path.relative_to(ROOT)}: {line}", line) for line in lines if "…" not in line]
    return found


def blocks() -> list[tuple[str, str]]:
    """Every Python block of the pages, with where it stands."""
    found = []
    for path in PAGES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for start in [n for n, line in enumerate(lines) if line.strip() == ".. code-block:: python"]:
            rest = lines[start + 1 :]
            end = next((n for n, line in enumerate(rest) if line and not line.startswith("   ")), len(rest))
            found.append((f"{path.relative_to(ROOT)}:{start + 1}", "\n".join(line[3:] for line in rest[:end])))
    return found


@pytest.mark.parametrize("line", [line for _, line in command_lines()], ids=[where for where, _ in command_lines()])
def test_the_command_and_its_options_exist(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    if words[0] in COMMANDS:
        command = COMMANDS[words[0]]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
        assert {word for word in words[1:] if word.startswith("-")} <= known
        needed = [p for p in command.params if p.required and p.param_type_name == "option"]
        assert "--help" in words or all(set(p.opts) & set(words) for p in needed), f"{needed[0].name} is missing"
    else:
        assert words in (["--version"], ["--help"], ["--install-completion"])


@pytest.mark.parametrize("line", [line for _, line in command_lines()], ids=[where for where, _ in command_lines()])
def test_what_the_command_names_exists(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    if words[0] == "train":
        assert words[1] in list_recipes()
    given = dict(pairwise(words))
    methods = given.get("--methods", given.get("--method", "gradcam")).split(",")
    known = {*list_explainers(), *(name.split(":")[0] for name in list_explainers())}
    assert set(methods) <= known


@pytest.mark.parametrize("block", [block for _, block in blocks()], ids=[where for where, _ in blocks()])
def test_the_block_is_python_and_imports_what_there_is(block: str) -> None:
    tree = ast.parse(block)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fer_xai"):
            module = import_module(str(node.module))
            missing = [name.name for name in node.names if not hasattr(module, name.name)]
            assert not missing, f"{node.module} has no {', '.join(missing)}"


def test_every_method_is_told_in_its_own_words() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in (DOCS / "explanation").glob("*.rst"))
    assert [name for name in list_explainers() if f"``{name}``" not in told] == []


def test_every_page_is_in_the_left_hand_list() -> None:
    named = set()
    for path in PAGES:
        folder = path.parent.relative_to(DOCS)
        for tree in re.findall(r"\.\. toctree::\n((?:   .*\n|\n)+)", path.read_text(encoding="utf-8")):
            entries = [line.strip() for line in tree.splitlines() if line.strip() and ":" not in line]
            named |= {(folder / entry).as_posix() for entry in entries}
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in PAGES}
    assert pages - named == {"index"}


def test_every_document_behind_a_recipe_has_its_page() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in (DOCS / "documents").glob("*.rst"))
    documents = {recipe.document for recipe in list_recipes().values()} - {"fer-xai's own"}
    assert len(documents) == 5
    assert [document for document in documents if f".. document-figures:: {document}\n" not in told] == []


def test_the_tutorial_is_typed_as_it_is_printed() -> None:
    spec = spec_from_file_location("try_tutorial", DOCS / "try_tutorial.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    steps = module.steps((DOCS / "tutorial.rst").read_text(encoding="utf-8"))
    assert steps[0] == ("fer-xai --version", __version__)
    assert {command.split()[1] for command, _ in steps if command.startswith("fer-xai ")} >= {
        "explain",
        "report",
        "compare",
    }
    assert not any(command.startswith("pip") for command, _ in steps)


def test_every_name_of_a_region_that_tables_and_pages_write_differently_is_told():
    from fer_xai.charts.words import _REGION_NAMES

    page = (ROOT / "docs" / "reference" / "study_folder.rst").read_text()
    for short, everyday in _REGION_NAMES.items():
        assert f"   * - ``{short}``\n     - {everyday}\n" in page
