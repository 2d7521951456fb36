"""One file per treatment: a module with ``LAYER``."""
