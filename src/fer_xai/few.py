"""How few faces are too few to say how sure a figure is."""

#: Faces, at least, that a figure needs for an interval, a test or a colour. Two that happen to be alike would make an
#: interval of no width, and so a finding.
FEWEST = 3
