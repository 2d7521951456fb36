"""How colours become grey."""

LUMA = (0.299, 0.587, 0.114)  # red, green, blue: ITU-R BT.601, as Pillow and OpenCV have it; sums to one
