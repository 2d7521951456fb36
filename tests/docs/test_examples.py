"""Examples in docstrings do what they show."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from pkgutil import walk_packages

import pytest

import fer_xai


def documented() -> list[doctest.DocTest]:
    """Every docstring's example, of public and other functions alike."""
    modules = [module.name for module in walk_packages(fer_xai.__path__, "fer_xai.")]
    light = [name for name in modules if ".training." not in name and not name.endswith("__main__")]
    finder, found = doctest.DocTestFinder(exclude_empty=True), []
    for name in light:
        module = import_module(name)
        if ">>>" in inspect.getsource(module):
            found += finder.find(module, name)
    return [test for test in found if test.examples]


@pytest.mark.parametrize("test", documented(), ids=lambda test: test.name)
def test_the_example_gives_what_it_shows(test: doctest.DocTest, capsys: pytest.CaptureFixture[str]) -> None:
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    result = runner.run(test)
    assert result.attempted > 0
    assert not result.failed, capsys.readouterr().out
