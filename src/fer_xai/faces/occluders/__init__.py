"""What hides parts of a face: hair, glasses, and whatever else lies in front of it."""

from fer_xai.faces.occluders.finding import KINDS, SIDE, Occluders, find_occluders
from fer_xai.faces.occluders.shares import FLAGGED, flag_faces, occluded_share

__all__ = ["FLAGGED", "KINDS", "SIDE", "Occluders", "find_occluders", "flag_faces", "occluded_share"]
