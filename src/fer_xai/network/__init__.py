"""The network itself: its filters, what they make of faces, and the pictures it answers to most."""

from fer_xai.network.activating import Activating, most_activating
from fer_xai.network.feature_maps import feature_maps, strongest_channels
from fer_xai.network.filters import Filters, filters_of
from fer_xai.network.prototypes import Prototype, channel_prototypes, class_prototypes

__all__ = [
    "Activating",
    "Filters",
    "Prototype",
    "channel_prototypes",
    "class_prototypes",
    "feature_maps",
    "filters_of",
    "most_activating",
    "strongest_channels",
]
