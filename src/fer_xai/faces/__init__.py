"""Any FER data as faces."""

from fer_xai.faces.faces import Faces
from fer_xai.faces.load import load_faces

__all__ = ["Faces", "load_faces"]
