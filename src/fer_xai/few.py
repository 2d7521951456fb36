"""How few faces are too few to say how sure a figure is, or to let them count as much as many."""

#: Faces, at least, that a figure needs for an interval, a test or a colour. Two that happen to be alike would make an
#: interval of no width, and so a finding.
FEWEST = 3

#: Faces of an emotion, at least, that a figure over emotions needs (S, separability): each emotion is as much of it as
#: any other, so that three odd faces of a rare one would decide.
FEWEST_OF_EMOTION = 5

#: Faces, at least, whose bootstrap interval is believed, and whose mean is coloured: of nine one is more than a tenth.
FEWEST_OF_BOOTSTRAP = 10
