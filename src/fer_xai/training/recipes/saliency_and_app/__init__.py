"""The saliency-and-app document: a baseline CNN, a VGG-style net, and ResNet50 pre-trained on faces."""

from __future__ import annotations

DOCUMENT = "Saliency-and-app document"
