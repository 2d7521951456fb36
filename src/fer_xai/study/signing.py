"""A Parquet file that carries a digest of itself, between its pages and its footer, where no reader looks.

A Parquet file is read from its end: the footer says where in the file the pages lie, so bytes between the last page
and the footer are nobody's. Checksums of pages, which the format knows, leave names, types and counts unprotected; in
tables as small as a chunk's these are a third of the file.
"""

from __future__ import annotations

import hashlib

_MARK, _SIZE = b"fer-xai digest: ", 16
_END = 8  # bytes after the footer: its length, and the format's name


def sign(content: bytes) -> bytes:
    """Put the digest of a Parquet file into it."""
    footer = _footer(content)
    return content[:footer] + _MARK + _digest(content) + content[footer:]


def holds(content: bytes) -> bool | None:
    """Whether a Parquet file is what was signed; `None` where none that was signed can be told."""
    footer = _footer(content)
    begin = footer - len(_MARK) - _SIZE
    if begin < 0 or content[begin : begin + len(_MARK)] != _MARK:
        return None
    return content[begin + len(_MARK) : footer] == _digest(content[:begin] + content[footer:])


def _footer(content: bytes) -> int:
    """Where the footer begins; anywhere at all in what is no Parquet file."""
    return len(content) - _END - int.from_bytes(content[-_END : -_END // 2], "little")


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_SIZE).digest()
