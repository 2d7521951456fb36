"""Refuse a model file whose storage does harm: an archive that climbs or bursts, weights that lie somewhere else."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from fer_xai.errors import InputError, first_line
from fer_xai.unpacking import refuse_bomb, refuse_zip_bomb

_WEIGHTS = "model.weights.h5"


def refuse_storage(path: Path) -> None:
    """Look through a ``.keras`` or ``.h5`` file before Keras does; nothing is unpacked to disk.

    Keras's own checks differ between versions, and Keras 2 has none.

    Raises
    ------
    InputError
        If a part of the archive has a path that leads out of it, if the file unpacks to a hundred times its size, if
        weights lie in another file of this machine, or if it cannot be read.
    """
    try:
        if path.suffix == ".keras":
            refuse_zip_bomb(path)
            with zipfile.ZipFile(path) as archive:
                _refuse_climbing(path, archive)
                if _WEIGHTS in archive.namelist():
                    _refuse_weights(path, io.BytesIO(archive.read(_WEIGHTS)))
        else:
            _refuse_weights(path, path)
    except InputError:
        raise
    # Damaged files have zipfile, zlib and HDF5 raise whatever they like.
    except Exception as error:
        raise InputError(f"{path} cannot be read as a Keras model: {first_line(error)}") from error


def _refuse_climbing(path: Path, archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        place = PurePosixPath(name.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in name:
            raise InputError(f"{path} holds {name!r}, which climbs out of the archive: do not open it elsewhere either")


def _refuse_weights(path: Path, opened: Any) -> None:
    import h5py

    with h5py.File(opened) as file:
        declared = _declared(path, file, set())
    refuse_bomb(path, declared)


def _declared(path: Path, group: Any, seen: set[int]) -> int:
    """Bytes of all arrays below a group; each group is entered once, however it is linked."""
    import h5py

    found = 0
    for name in group:
        link = group.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            raise _elsewhere(path, name)
        if isinstance(link, h5py.SoftLink):
            continue
        item = group[name]
        address = h5py.h5o.get_info(item.id).addr
        if address in seen:
            continue
        seen.add(address)
        if isinstance(item, h5py.Group):
            found += _declared(path, item, seen)
        elif isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual:
                raise _elsewhere(path, name)
            found += math.prod(item.shape or ()) * item.dtype.itemsize
    return found


def _elsewhere(path: Path, name: str) -> InputError:
    return InputError(f"{path} takes the weights {name!r} from another file: give a file that holds its own weights")
