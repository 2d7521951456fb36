"""The app's two pages and their looks, which are the report's."""

from __future__ import annotations

from functools import cache

from flask import Flask, Response, render_template

import fer_xai
from fer_xai.charts.colours import NEGATIVE, POSITIVE, hexed
from fer_xai.report.stylesheet import cell_rules, theme_rules
from fer_xai.report.templating import template_folder
from fer_xai.web.limits import Limits
from fer_xai.web.openapi import describe
from fer_xai.web.problems import PROBLEMS
from fer_xai.web.served import Served


def add_pages(app: Flask, served: Served, limits: Limits, saving: bool) -> None:
    """Add the page for people, the page for programmers, and the stylesheet."""

    def home() -> str:
        return render_template(
            "app.html",
            models=served.names,
            limits=limits,
            saving=saving,
            version=fer_xai.__version__,
        )

    def api() -> str:
        return render_template(
            "api.html", described=describe(served, limits), problems=PROBLEMS, version=fer_xai.__version__
        )

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/api", "api", api)
    app.add_url_rule("/report.css", "stylesheet", lambda: Response(_stylesheet(), mimetype="text/css"))


@cache
def _stylesheet() -> str:
    """The report's own stylesheet, and the two colours of its maps."""
    ends = f":root{{--for:{hexed(POSITIVE)};--against:{hexed(NEGATIVE)}}}"
    return "\n".join([ends, theme_rules(), (template_folder() / "report.css").read_text("utf-8"), cell_rules()])
