"""What several commands are asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stubs import STUBS


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file of which nobody said anything."""
    path = tmp_path_factory.mktemp("models") / "net.keras"
    STUBS["softmax_in_dense"]().save(path)
    return path
