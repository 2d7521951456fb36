"""CPCPCPFFF: convolution and pooling in turns, then three dense layers."""

from __future__ import annotations

from fer_xai.training.recipe import Recipe, Reported
from fer_xai.training.recipes.feature_visualization import CHOICES, DOCUMENT, PHASES, lettered

WIDTHS = "Batch normalization after each convolution, dropout 0.25 after each pooling and 0.5 after each dense layer."
RECIPE = Recipe(
    name="features-cpcpcpfff",
    document=DOCUMENT,
    build=lettered("CPCPCPFFF", (32, 64, 128), (256, 128), "features_cpcpcpfff"),
    phases=PHASES,
    batch_size=128,
    watch="val_loss",
    reported=Reported(test=0.5598),
    choices=(*CHOICES, "Widths: convolutions 32, 64, 128, dense 256, 128, output; batch 128.", WIDTHS),
    parameters=1_307_271,
)
