"""The six-architecture document: M1 to M6 on six emotions, all faces together split at random."""

from __future__ import annotations

from fer_xai.training.recipe import Reported

DOCUMENT = "Six-architecture document"
DROPPED = ("disgust",)
CHOICES = (
    "Epochs: at most 50; the document does not tell how many.",
    "Convolutions are unpadded, Keras's default.",
    "The document's 60 private photographs are not there: --extra-test DIR takes one's own.",
)

# Their validation loss is least five to ten epochs before their accuracy is best, and the document's nets went on.
BY_ACCURACY = "Early stopping on the validation accuracy, patience 10; by the loss the net stays behind the document's."


def reported(train: float, validation: float, test: float, recalls: tuple[float, ...], *remarks: str) -> Reported:
    """The document's figures; `recalls` in the order anger, fear, happiness, sadness, surprise, neutral."""
    emotions = ("angry", "fear", "happy", "sad", "surprise", "neutral")
    own = "Its test set also held 60 private photographs; recalls are of the validation set."
    named = dict(zip(emotions, recalls, strict=True))
    return Reported(test, validation, train, recalls=named, remarks=(own, *remarks))
