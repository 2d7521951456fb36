"""Landmarks: the points of each face, by a ladder from the face mesh down to an average face."""

from fer_xai.faces.landmarks.find import find_landmarks
from fer_xai.faces.landmarks.interpreter import open_interpreter
from fer_xai.faces.landmarks.landmarks import EYE_CORNERS, IBUG, OWN, VERTICES, Landmarks
from fer_xai.faces.landmarks.mesh import mesh_file

__all__ = ["EYE_CORNERS", "IBUG", "OWN", "VERTICES", "Landmarks", "find_landmarks", "mesh_file", "open_interpreter"]
