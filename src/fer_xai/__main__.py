"""``python -m fer_xai``."""

from fer_xai.cli import main

main()
