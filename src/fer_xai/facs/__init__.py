"""What an attribution says about a face: facial regions, action units, and measures that know their chance level."""

from fer_xai.facs.against import against_table
from fer_xai.facs.agreement import agreement, centred_blob, mean_agreement
from fer_xai.facs.atlas import region_names
from fer_xai.facs.baselines import baseline_attributions, beside_baselines, blind_maps, part_profiles
from fer_xai.facs.beside import beside_table
from fer_xai.facs.codebooks import Codebook, action_units, list_codebooks, load_codebook
from fer_xai.facs.counting import count_regions
from fer_xai.facs.difference import Difference, separability_gain, specificity_difference
from fer_xai.facs.masks import FaceMasks, action_unit_masks, outline_masks, region_masks
from fer_xai.facs.own_codebook import OwnCodebook, own_codebook, own_codebook_from_profile, own_codebook_table
from fer_xai.facs.profiles import RegionProfile, profiles_of, region_profile
from fer_xai.facs.separability import Separability, separability, separability_from_profile, separability_table
from fer_xai.facs.significance import significance, significance_table
from fer_xai.facs.spatial_null import spatial_null
from fer_xai.facs.specificity import Specificity, mask_profile, specificity, specificity_from_profile
from fer_xai.facs.summary import summarise_counts
from fer_xai.holm import holm

__all__ = [
    "Codebook",
    "Difference",
    "FaceMasks",
    "OwnCodebook",
    "RegionProfile",
    "Separability",
    "Specificity",
    "action_unit_masks",
    "action_units",
    "against_table",
    "agreement",
    "baseline_attributions",
    "beside_baselines",
    "beside_table",
    "blind_maps",
    "centred_blob",
    "count_regions",
    "holm",
    "list_codebooks",
    "load_codebook",
    "mask_profile",
    "mean_agreement",
    "outline_masks",
    "own_codebook",
    "own_codebook_from_profile",
    "own_codebook_table",
    "part_profiles",
    "profiles_of",
    "region_masks",
    "region_names",
    "region_profile",
    "separability",
    "separability_from_profile",
    "separability_gain",
    "separability_table",
    "significance",
    "significance_table",
    "spatial_null",
    "specificity",
    "specificity_difference",
    "specificity_from_profile",
    "summarise_counts",
]
