"""The report: a study's figures told to a person, as self-contained HTML."""

from fer_xai.report.render import render

__all__ = ["render"]
