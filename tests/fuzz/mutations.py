"""Damage to bytes and texts: what disks, networks, editors and attackers do to a file."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_TELLING = (b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"\x80", b"\n", b'"', b",")


@st.composite
def damaged(draw: Any, whole: bytes, most: int = 6) -> bytes:
    """A few injuries to `whole`: bits flipped, bytes overwritten, parts cut out, put twice, moved or cut off."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(1, 64))
        kind = draw(st.sampled_from(("flip", "telling", "random", "cut", "twice", "end", "start")))
        if kind == "flip" and data:
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "telling":
            said = draw(st.sampled_from(_TELLING))
            data[at : at + len(said)] = said
        elif kind == "random":
            data[at : at + length] = draw(st.binary(min_size=1, max_size=16))
        elif kind == "cut":
            del data[at : at + length]
        elif kind == "twice":
            data[at:at] = data[at : at + length]
        elif kind == "end":
            del data[at:]
        else:
            del data[:at]
    return bytes(data)


def strange_texts() -> st.SearchStrategy[str]:
    """Texts that forms, files and shells are asked to swallow."""
    known = (
        *("", " ", "-", "--", "0", "-1", "1e9", "nan", "NaN", "inf", "-inf", "None", "null", "true", "[]", "{}", "1,2"),
        *("../../etc/passwd", "/etc/passwd", "C:\\x", "~", "*", "%00", "%n%s", "$(id)", "`id`", "';--", "\t", "\r\n"),
        *("<script>alert(1)</script>", "{{7*7}}", "\x1b[31mred", "🙂", "²", "٣", "é" * 300, "9" * 30, "9" * 5000),
        *("a" * 300, "a" * 5000, "a/" * 2000, "=1+1", "ｈａｐｐｙ", "happy\x00", "HAPPY ", "happy-sad", "angry,angry"),
    )
    return st.one_of(st.sampled_from(known), st.text(max_size=40))


def strange_values() -> st.SearchStrategy[Any]:
    """Whatever JSON or TOML can say where something else was expected."""
    plain = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 40),
        st.sampled_from([2**31, 2**63, -(2**70), 10**400, 1e308, float("inf"), float("nan"), 6.5, 12.0]),
        strange_texts(),
    )
    return st.recursive(
        plain,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(strange_texts(), inner, max_size=4)),
        max_leaves=8,
    )
