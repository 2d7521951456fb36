"""fer-xai's own nets: the bundled classifier, the test bench's, and four that differ in one treatment only."""
