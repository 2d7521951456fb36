"""
Why fear rather than surprise?
==============================

Some faces have one answer, others two: the six-architecture document shows both kinds. Where the probability is
split, the question is not *why this emotion* but *why this one rather than that one*: a contrast.
"""

import numpy as np

from fer_xai import explain, load_classifier, load_faces

classifier = load_classifier()
faces = load_faces("sample")
explanation = explain(classifier, faces, method="gradcam")

# %%
# The faces on which the classifier hesitates most, by the distance between its first two answers.

first, second = np.sort(explanation.probabilities, axis=1)[:, [-1, -2]].T
split = np.argsort(first - second)[:3]
pairs = [[explanation.emotions[n] for n in np.argsort(-row)[:2]] for row in explanation.probabilities[split]]
print(pairs)

# %%
# For one face: red speaks for its first answer rather than its second, blue for the second rather than the first.

face, (one, other) = faces[split[:1]], pairs[0]
explain(classifier, face, method="shap:regions", target=(one, other)).plot()

# %%
# The values add up to the difference of the two probabilities, less that of a face with everything hidden. Asked the
# other way round, every sign turns, and nothing else.

there = explain(classifier, face, method="shap:regions", target=(one, other))
back = explain(classifier, face, method="shap:regions", target=(other, one))
print(np.abs(there.attributions + back.attributions).max())

# %%
# The same by hiding patches: where is what tells the two apart?

explain(classifier, face, method="occlusion", target=(one, other)).plot()
