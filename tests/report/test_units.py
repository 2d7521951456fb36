"""What codebooks expect is said in places on the face."""

from __future__ import annotations

from fer_xai.report.units import expected


def test_happy_is_cheeks_and_lip_corners() -> None:
    told = expected("facs2002", "happy")
    assert told is not None
    assert told.startswith("Action units 6 + 12 (may come with 25): ")
    assert "lip corners" in told
    assert "_" not in told


def test_no_units_nothing_said() -> None:
    assert expected("facs2002", "neutral") is None
    assert expected("my own table", "happy") is None
