"""What an attribution says about a face: facial regions, action units, and measures that know their chance level."""

from fer_xai.facs.agreement import agreement, centred_blob
from fer_xai.facs.atlas import region_names
from fer_xai.facs.codebooks import Codebook, list_codebooks, load_codebook
from fer_xai.facs.counting import count_regions
from fer_xai.facs.masks import FaceMasks, action_unit_masks, outline_masks, region_masks
from fer_xai.facs.specificity import Specificity, mask_profile, specificity, specificity_from_profile
from fer_xai.facs.summary import summarise_counts

__all__ = [
    "Codebook",
    "FaceMasks",
    "Specificity",
    "action_unit_masks",
    "agreement",
    "centred_blob",
    "count_regions",
    "list_codebooks",
    "load_codebook",
    "mask_profile",
    "outline_masks",
    "region_masks",
    "region_names",
    "specificity",
    "specificity_from_profile",
    "summarise_counts",
]
