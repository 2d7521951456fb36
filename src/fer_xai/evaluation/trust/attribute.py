"""How the measurements that need new maps ask for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fer_xai.classifier import Classifier

#: From a classifier, the sample's faces (N, H, W, C) float32 in [0, 1], as they are or changed, and a seed to maps
#: (N, H, W). Each face is explained for the sample's own target, whatever the classifier now predicts.
Attribute = Callable[[Classifier, np.ndarray, int], np.ndarray]
