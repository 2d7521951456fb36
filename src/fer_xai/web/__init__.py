"""The app: upload a face or use the webcam, see what the classifier says and why; and the same as a JSON API."""

from fer_xai.web.app import make_app
from fer_xai.web.limits import Limits

__all__ = ["Limits", "make_app"]
