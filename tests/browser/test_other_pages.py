"""The comparison and the network page, in a browser: no barrier, no error, no request, and room on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from fer_xai.classifier import Classifier
from fer_xai.faces import Faces
from fer_xai.report.comparison import render_comparison
from fer_xai.report.network_page import write_network_page
from tests.browser.conftest import PHONE
from tests.report.test_comparison import LABELS, compared
from tests.stubs import STUBS


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, sample_images: np.ndarray) -> dict[str, Path]:
    classifier = Classifier(STUBS["softmax_in_dense"]())
    faces = Faces.from_array(sample_images[:6], labels=[*("happy", "sad") * 3])
    network = tmp_path_factory.mktemp("a network #1 %")
    return {
        "comparison": render_comparison(compared(tmp_path_factory.mktemp("two"), LABELS, "mouth", "background")),
        "network": write_network_page(classifier, faces, network, channels=2, steps=4, source="drawn"),
    }


@pytest.mark.parametrize("which", ["comparison", "network"])
@pytest.mark.parametrize(("scheme", "viewport"), [("light", None), ("dark", PHONE)])
def test_no_serious_barrier_and_room_on_a_phone(
    which: str, scheme: str, viewport: dict | None, pages: dict[str, Path], new_page: Callable[..., Page], axe
) -> None:
    page = new_page(color_scheme=scheme, **({"viewport": viewport} if viewport else {}))
    page.goto(pages[which].as_uri())
    page.wait_for_load_state("load")
    axe(page)
    if viewport:
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
