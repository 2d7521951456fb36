"""One file, one recipe, in a folder for each document: a module here with a ``RECIPE`` is listed and trainable."""
