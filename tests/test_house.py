"""The house: a room knows only rooms below it, and light rooms stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "fer_xai"
FLOORS = {
    name: floor
    for floor, names in enumerate(
        (
            "errors few holm atomic",
            "emotions lock unpacking",
            "classifier faces",
            "engine training",
            "explainers network facs evaluation",
            "charts",
            "figures",
            "explanation",
            "api",
            "study",
            "comparison",
            "report",
            "web",
            "cli",
        )
    )
    for name in names.split()
}


def rooms() -> list[str]:
    names = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in SOURCE.rglob("*.py")}
    return sorted(names - {"__init__", "__main__"})


def imported(path: Path) -> set[str]:
    """Rooms that a file imports at run time, inside functions too."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    modules += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    return {module.split(".")[1] for module in modules if module.startswith("fer_xai.")}


@pytest.mark.parametrize("room", rooms())
def test_a_room_knows_only_rooms_below_it(room):
    files = [SOURCE / f"{room}.py"] if (SOURCE / f"{room}.py").is_file() else sorted((SOURCE / room).rglob("*.py"))
    for path in files:
        for other in imported(path) - {room}:
            assert FLOORS[other] < FLOORS[room], f"{path.relative_to(SOURCE)} imports {other}"


@pytest.mark.parametrize(
    "room", ["classifier", "engine", "explainers", "network", "faces", "facs", "evaluation", "study", "report", "web"]
)
def test_importing_a_room_loads_no_tensorflow(room):
    code = f"import sys, fer_xai.{room}; sys.exit(bool({{'tensorflow', 'keras'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
