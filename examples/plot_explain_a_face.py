"""
Explain a face
==============

Why does the classifier say *happy*? Three methods answer, each as a map over the face: red speaks for the answer,
blue against it.
"""

from fer_xai import explain, load_classifier, load_faces

classifier = load_classifier()
faces = load_faces("sample")[[1, 3, 29]]
print(classifier)
print(faces)

# %%
# LIME cuts a face into segments, hides random choices of them, and fits which segments the answer depends on. Its
# panels add the segments by strength. With 200 samples on a hundred segments this is quick and noisy: the method's
# default is 1,000, and more settle the picture further.

explain(classifier, faces, method="lime:slic", samples=200).plot()

# %%
# Occlusion slides a patch of the face's mean grey over the face. A pixel is red where hiding it lowers the answer's
# probability.

explain(classifier, faces, method="occlusion").plot()

# %%
# Grad-CAM shows which cells of the last convolution raise the answer's logit. On this classifier the grid has 6 × 6
# cells of 8 pixels: it tells an area, not a detail.

explanation = explain(classifier, faces, method="gradcam")
print(explanation.details["layer"], explanation.details["grid"])
explanation.plot()

# %%
# The last face again, another question: what speaks for *surprise* rather than *fear*?

contrast = explain(classifier, faces[2:], method="lime:slic", target=("surprise", "fear"), samples=200)
contrast.plot()
