"""The report: a study's figures told to a person, as self-contained HTML."""

from fer_xai.report.render import render
from fer_xai.report.single_file import write_single_file

__all__ = ["render", "write_single_file"]
