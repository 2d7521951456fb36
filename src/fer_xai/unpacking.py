"""Archives that unpack to far more than a disk or memory can hold are refused before they are unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

from fer_xai.errors import InputError

_EXPANSION = 100  # times the archive's own size: what faces and weights never reach
_ALWAYS = 2**26  # bytes that are taken from any archive


def refuse_bomb(path: Path, unpacked: int) -> None:
    """Refuse a file that unpacks to more than a hundred times its size (64 MB are always taken).

    Raises
    ------
    InputError
    """
    size = path.stat().st_size
    if unpacked > _ALWAYS + _EXPANSION * size:
        raise InputError(
            f"{path} has {size / 1e6:.1f} MB and unpacks to {unpacked / 1e6:,.0f} MB: if that is meant, save it anew "
            "without compression"
        )


def refuse_zip_bomb(path: Path) -> None:
    """The same for a zip archive, by what it says of itself: no more than that is ever unpacked of it.

    Raises
    ------
    zipfile.BadZipFile
        If it is no archive.
    """
    with zipfile.ZipFile(path) as archive:
        refuse_bomb(path, sum(member.file_size for member in archive.infolist()))
