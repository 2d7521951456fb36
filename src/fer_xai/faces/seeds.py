"""Random numbers that belong to a face: the same wherever it stands among others."""

from __future__ import annotations

import hashlib

import numpy as np


def face_seeds(images: np.ndarray, seed: int) -> tuple[list[int], ...]:
    """For each face of images (N, H, W, C) in [0, 1], the caller's seed and a number from its pixels (at 8 bits)."""
    return tuple([seed, _content(image)] for image in images)


def _content(image: np.ndarray) -> int:
    digest = hashlib.blake2b(np.rint(image * 255).astype(np.uint8).tobytes(), digest_size=8)
    return int.from_bytes(digest.digest())
