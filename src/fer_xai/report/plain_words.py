"""What each method does and what each word means, for a reader who never trained a net."""

from __future__ import annotations

from collections.abc import Sequence

from fer_xai.charts.words import method_name

# By the method's full name, else by what stands before its colon.
_METHODS = {
    "occlusion": "covers one small square of the face after another and watches how much surer or less sure the model "
    "becomes",
    "lime": "hides many random selections of patches of the face and fits the simplest rule, one weight per patch, "
    "that tells the model's answers to them",
    "shap:regions": "shows the model every combination of facial regions and deals the answer out among them, as one "
    "shares out the winnings of a team",
    "shap": "deals the answer out among the parts of the picture, as one shares out the winnings of a team",
    "rise": "looks at the face through many random masks and averages those through which the answer came out",
    "gradcam": "reads from a late, still picture-like layer of the net where the answer comes from; coarse, as that "
    "layer is",
    "gradcam_plus_plus": "Grad-CAM with weights that do more justice to several places at once",
    "layercam": "Grad-CAM weighed point by point, so that earlier and finer layers can be read too",
    "scorecam": "takes the net's inner pictures as masks and watches the answer through each",
    "saliency": "asks for which pixels the smallest change would move the answer most; fine, and noisy",
    "smoothgrad": "saliency, averaged over many slightly noisy copies of the face",
    "integrated_gradients": "adds up what each pixel does to the answer while the face appears out of black or grey",
}
_WORDS = {
    "Face, label, called": "A face is one picture. Its label is what annotators called it; what the model calls it is "
    "its answer, the emotion it gives the highest probability.",
    "Right": "The model's answer is the label. Labels can be wrong too.",
    "Recall and precision": "Recall: of the faces labelled happy, how many the model calls happy. Precision: of the "
    "faces it calls happy, how many are labelled so.",
    "95 % interval": "The faces are a sample. Other faces of the same kind would give another number, and this is how "
    "far it would usually stray. Few faces make wide intervals.",
    "p": "How often chance alone would give so large a number. Small (below .05): chance would rarely do so.",
    "Chance level": "What the number would be if the map knew nothing. No agreement can be judged without it.",
    "Attribution, map": "How much each place of the picture moves the answer, by one method: what speaks for the "
    "emotion (red) and what speaks against it (blue). A map is the attributions of one face.",
    "Blob": "A round blur in the middle of the picture, the same on every face. It knows nothing of emotions, and it "
    "lies on faces because faces lie in the middle: a method that does no better has shown nothing.",
    "Specificity S": "How much more an emotion's own action units hold than those of the other emotions, in powers of "
    "two: +1 is twice as much, 0 is what any map has that looks at all emotions alike.",
    "Faithful": "What the map calls important is what moves the model: hiding it first makes the model unsure sooner "
    "than hiding places drawn at random.",
    "Region, landmarks": "Landmarks are points found on each face: corners of the eyes, rim of the lips and so on. "
    "They bound the regions, so the mouth is the mouth wherever it lies in the picture.",
    "Counted": "A region counts on a face if the map's highlights cover at least half of it, or if it holds at "
    "least a tenth of what speaks for the answer.",
    "Action units, codebook": "Action units are the movements a face is made of, such as “lip corners up”. A codebook "
    "is somebody's table of which units belong to which emotion. Codebooks differ.",
    "Causal": "The method changes the face itself and watches the answer, so what it finds did move the model.",
}


def methods_told(methods: Sequence[str]) -> list[tuple[str, str]]:
    """Each method's name and what it does; a method nobody described here is left out."""
    told = ((method, _METHODS.get(method) or _METHODS.get(method.partition(":")[0])) for method in methods)
    return [(method_name(method), words) for method, words in told if words]


def words_told() -> list[tuple[str, str]]:
    """The report's words, one by one."""
    return list(_WORDS.items())
