"""What the app answers when it cannot do what was asked: one stable code and one line each."""

from __future__ import annotations

from typing import Any

# Code: HTTP status and what it means. Clients may rely on the codes; the lines are for people.
PROBLEMS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "The request is no valid HTTP, or its form cannot be read."),
    "bad_host": (400, "The Host header is none of the names that this app answers to."),
    "no_image": (400, "The request holds no picture."),
    "unknown_parameter": (400, "A parameter is unknown, or is given twice."),
    "cross_site": (403, "The request was sent by a page of another site."),
    "not_found": (404, "There is nothing at this address."),
    "method_not_allowed": (405, "This address does not take this HTTP method."),
    "too_many_bytes": (413, "The upload is larger than the app takes."),
    "too_many_pixels": (413, "The picture has more pixels than the app decodes."),
    "not_an_image": (415, "The bytes are no picture of a kind that the app reads."),
    "broken_image": (422, "The picture's header was read, but its pixels cannot be decoded."),
    "no_face": (422, "No face was found in the photo."),
    "several_faces": (422, "There are several faces: say which one."),
    "unknown_face": (422, "There is no face of this number."),
    "unknown_model": (422, "There is no model of this name."),
    "unknown_method": (422, "There is no method of this name."),
    "method_does_not_fit": (422, "The method does not work on this model."),
    "bad_target": (422, "The target is none of the model's emotions, or no contrast of two."),
    "bad_option": (422, "A parameter has a value that cannot be used."),
    "internal": (500, "The app failed; its own log says how."),
    "busy": (503, "Too many requests are waiting; Retry-After says when to try again."),
    "too_slow": (504, "The answer took longer than the app works for one request."),
    "not_saved": (507, "The explanation could not be saved."),
}

RETRY_AFTER = 3  # seconds: a usual explanation takes one


class Problem(Exception):
    """Something that the client is told.

    Parameters
    ----------
    code : str
        One of `PROBLEMS`.
    message : str
        One line: what was received and what to do. Never a path of this machine.
    **more
        What else helps, e.g. how many faces there are.
    """

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.more = code, message, more
        self.status = PROBLEMS[code][0]

    def told(self) -> dict[str, Any]:
        """The answer's JSON object."""
        return {"error": {"code": self.code, "message": self.message, **self.more}}
