"""The command line: one file per command."""

from fer_xai.cli.app import main

__all__ = ["main"]
