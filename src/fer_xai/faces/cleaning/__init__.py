"""Which faces are doubtful, and why: a table with a reason per row. Nothing is removed by looking."""

from fer_xai.faces.cleaning.apply import apply_cleaning
from fer_xai.faces.cleaning.checks import list_checks
from fer_xai.faces.cleaning.look import find_doubtful
from fer_xai.faces.cleaning.summary import summarise

__all__ = ["apply_cleaning", "find_doubtful", "list_checks", "summarise"]
