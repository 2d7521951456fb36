"""What the app takes and how long it works: one place for every bound."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fer_xai.errors import InputError


@dataclass(frozen=True)
class Limits:
    """Bounds of one app.

    Attributes
    ----------
    megabytes : int
        Largest upload, in units of 2²⁰ bytes.
    megapixels : int
        Largest picture, in millions of pixels, read from its header before anything is decoded.
    side : int
        Longest side that a photo is brought to before faces are looked for, in pixels: a smaller one loses no face
        that the detectors, which see 192 pixels, could find.
    faces : int
        Most faces of one photo.
    places : int
        Requests that may wait for the classifier at once, the running one included; the next is told to come later.
    seconds : int
        Longest time that a request waits for its answer.
    samples : int
        Most passes that a request may ask of a sampling method, per face.
    sending : int
        Seconds that a client may take to send one request.
    """

    megabytes: int = 10
    megapixels: int = 50
    side: int = 1600
    faces: int = 16
    places: int = 8
    seconds: int = 60
    samples: int = 4000
    sending: int = 30

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value < 1:
                raise InputError(f"limit {name}={value}: give at least 1")

    @property
    def bytes(self) -> int:
        """Largest upload in bytes."""
        return self.megabytes * 2**20

    @property
    def pixels(self) -> int:
        """Largest picture in pixels."""
        return self.megapixels * 10**6
