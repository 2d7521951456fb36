"""What `fer_xai.explain` returns, and how it is kept in a file."""

from fer_xai.explanation.explanation import Explanation

__all__ = ["Explanation"]
