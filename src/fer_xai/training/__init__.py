"""Trainable systems: recipes, augmentation and the training loop. Plain Keras 3, any back-end."""
