"""Who explains a study's chunks: this process, several on this machine, or a Ray cluster.

One file per kind. Each has a class with ``explain(work, out, classifier, faces, starts, track)``, which returns when
the folder holds all pieces of all chunks. The rows are the same whoever made them: random numbers derive from the seed
and each face's content, and chunks know nothing of each other.
"""

from fer_xai.study.workers.here import Here
from fer_xai.study.workers.processes import Processes
from fer_xai.study.workers.ray import Ray
from fer_xai.study.workers.workers import Track, Workers

#: This process, which is who explains where nothing else is said.
HERE = Here()

__all__ = ["HERE", "Here", "Processes", "Ray", "Track", "Workers"]
