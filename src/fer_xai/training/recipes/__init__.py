"""One file, one recipe: a module here that defines ``RECIPE`` is listed and trainable."""
