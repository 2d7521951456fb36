"""
What is the mouth worth?
========================

Hide facial regions in every combination, and the classifier's answer can be divided among them exactly: Shapley
values. They need no surrogate and no random numbers, and they add up.
"""

import numpy as np

from fer_xai import explain, load_classifier, load_faces

classifier = load_classifier()
faces = load_faces("sample")[[1, 29]]

explanation = explain(classifier, faces, method="shap:regions")
explanation.plot()

# %%
# Eight regions make 256 combinations, so nothing is sampled: the values of a face sum to the probability of its
# answer less that of a face with every region hidden.

details = explanation.details
for values, names, whole, hidden in zip(
    details["values"], details["names"], details["score"], details["baseline_score"], strict=True
):
    print({name: round(float(value), 3) for name, value in zip(names, values, strict=False)})
    print(f"sum {np.nansum(values):+.6f} = {whole:.6f} - {hidden:.6f}")

# %%
# The same for 25 fine regions: too many combinations to try all, so pairs of them are sampled, and every value
# carries its standard error.

fine = explain(classifier, faces, method="shap:regions", level="fine", samples=500)
fine.plot()

# %%
# Integrated gradients answer pixel by pixel, and state how far their sum misses the difference they should explain.

pixels = explain(classifier, faces, method="integrated_gradients", baseline="mean_face")
print("steps", pixels.details["steps"], "gap", pixels.details["gap"].round(4))
pixels.plot()
