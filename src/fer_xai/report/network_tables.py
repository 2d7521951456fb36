"""What the network page rests on, as tidy tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.engine.activations import Activations
from fer_xai.faces import Faces
from fer_xai.network import Activating, Prototype


def network_tables(
    activations: Activations, faces: Faces, best: dict[str, Activating], made: list[tuple[str, str, Prototype]]
) -> dict[str, pd.DataFrame]:
    """Tidy tables: layers, prototypes, and the most-activating faces of every channel of every layer."""
    ids = np.array(faces.ids, dtype=object)
    return {
        "layers": pd.DataFrame(
            {
                "path": one.path,
                "name": one.name,
                "kind": one.kind,
                "kernel": "" if one.kernel is None else "×".join(map(str, one.kernel)),
                "height": one.grid[0],
                "width": one.grid[1],
                "channels": one.channels,
                "parameters": one.parameters,
            }
            for one in activations.convolutions
        ),
        "prototypes": pd.DataFrame(
            {
                "of": of,
                "layer": layer,
                "name": prototype.name,
                "start": prototype.start,
                "reached": prototype.reached,
                "probability": prototype.probability,
            }
            for of, layer, prototype in made
        ).astype({"probability": "float64"}),
        "activating": pd.concat(
            [
                pd.DataFrame(
                    {
                        "layer": path,
                        "channel": np.repeat(np.arange(len(found.rows)), found.rows.shape[1]),
                        "rank": np.tile(np.arange(1, found.rows.shape[1] + 1), len(found.rows)),
                        "face": ids[found.rows.ravel()],
                        "peak": found.peaks.ravel(),
                    }
                )
                for path, found in best.items()
            ],
            ignore_index=True,
        ),
    }
