"""The Flask app: pages and the JSON API."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.web import answers, asking, pages
from fer_xai.web.guard import Guard, add_headers
from fer_xai.web.limits import Limits
from fer_xai.web.openapi import describe
from fer_xai.web.problems import RETRY_AFTER, Problem
from fer_xai.web.saving import save
from fer_xai.web.served import Served
from fer_xai.web.worker import Worker

_WARM = 600  # seconds: large models take long to be traced
_FORM_BYTES = 2**16  # what a form's fields and headers may take beside the picture
_STATUS_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_many_bytes"}
_log = logging.getLogger("fer_xai.web")


class _InMemoryRequest(Request):
    """Uploads stay in memory: werkzeug would spool large ones to a temporary file."""

    max_form_parts = 20

    def _get_file_stream(self, *_: Any, **__: Any) -> Any:
        return BytesIO()


def make_app(
    classifiers: Mapping[str, Classifier],
    limits: Limits | None = None,
    *,
    host: str = "127.0.0.1",
    names: Iterable[str] = (),
    folder: Path | None = None,
) -> Flask:
    """Build the app as a WSGI application.

    Parameters
    ----------
    classifiers : mapping of str to Classifier
        By the names they are offered under; the first is the usual one.
    limits : Limits, optional
    host : str
        What the server is bound to: requests must name it, or loopback.
    names : iterable of str
        Further names in the Host header that are answered.
    folder : Path, optional
        Where explanations are saved; without it nothing is stored.

    Returns
    -------
    flask.Flask
        ``app.config["worker"]`` is the thread that runs the classifiers, ``app.config["warm"]()`` has it trace what the
        first visitor would wait for.
    """
    app = Flask("fer_xai.web")
    app.request_class = _InMemoryRequest
    app.url_map.merge_slashes = False
    limits = limits or Limits()
    app.config["MAX_CONTENT_LENGTH"] = limits.bytes + _FORM_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]
    served, worker = Served(classifiers), Worker(limits.places)
    app.config["worker"] = worker
    app.config["warm"] = lambda: [
        worker.run(partial(answers.warm_up, one, limits), _WARM) for one in classifiers.values()
    ]
    guard = Guard(host, names)
    app.before_request(lambda: guard.check(request))
    app.after_request(add_headers)
    _add_problems(app, limits)
    pages.add_pages(app, served, limits, saving=folder is not None)
    _add_api(app, served, worker, limits, folder)
    return app


def _warm(worker: Worker, classifiers: Mapping[str, Classifier], limits: Limits) -> None:
    for classifier in classifiers.values():
        worker.run(partial(answers.warm_up, classifier, limits), _WARM)


def _add_api(app: Flask, served: Served, worker: Worker, limits: Limits, folder: Path | None) -> None:
    def predict() -> Any:
        with worker.place():
            given = asking.parameters(request, asking.PREDICT)
            model, classifier = served.choose(given.get("model"))
            photo = asking.photo(request, given, limits)
            return worker.run(partial(answers.predict, model, classifier, photo, limits), limits.seconds, urgent=True)

    def explain() -> Any:
        with worker.place():
            given = asking.parameters(request, asking.EXPLAIN)
            model, classifier = served.choose(given.get("model"))
            question = asking.question(served, model, classifier, given, limits)
            photo = asking.photo(request, given, limits)
            answer = worker.run(partial(answers.explain, model, classifier, photo, question, limits), limits.seconds)
        return {**answer, "saved": save(folder, answer) if folder else None}

    def methods() -> Any:
        return {"methods": served.methods(asking.parameters(request, ("model",)).get("model"))}

    def health() -> Any:
        state = {"alive": worker.alive, "waiting": worker.held, "places": worker.places}
        return jsonify(state), 200 if worker.alive else 503

    routes: dict[str, tuple[str, Callable[[], Any]]] = {
        "/api/v1/predict": ("POST", predict),
        "/api/v1/explain": ("POST", explain),
        "/api/v1/models": ("GET", lambda: {"models": served.models()}),
        "/api/v1/methods": ("GET", methods),
        "/healthz": ("GET", health),
        "/openapi.json": ("GET", lambda: describe(served, limits)),
    }
    for path, (method, view) in routes.items():
        app.add_url_rule(path, path.strip("/").replace("/", "_").replace(".", "_"), view, methods=[method])


def _add_problems(app: Flask, limits: Limits) -> None:
    @app.errorhandler(Problem)
    def told(problem: Problem) -> Response:
        response = jsonify(problem.told())
        response.status_code = problem.status
        if problem.code == "busy":
            response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        code = _STATUS_CODES.get(error.code or 0, "bad_request")
        messages = {
            "not_found": "there is nothing at this address",
            "method_not_allowed": f"this address does not take {request.method[:20]}",
            "too_many_bytes": f"the upload is larger than {limits.megabytes} MB",
            "bad_request": "the request cannot be read",
        }
        response = told(Problem(code, messages[code]))
        allowed = getattr(error, "valid_methods", None)
        if allowed:
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    @app.errorhandler(InputError)
    def cannot(error: InputError) -> Response:
        return told(Problem("bad_option", " ".join(str(error).split())))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        # The client is told no more than that: messages of libraries hold paths.
        _log.exception("a request failed", exc_info=error)
        return told(Problem("internal", "the app failed on this request; its log says how"))
