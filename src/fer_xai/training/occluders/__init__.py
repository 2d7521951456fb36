"""Train the occluder net: face crops, occluders laid on them by us, and a small net that finds them."""
