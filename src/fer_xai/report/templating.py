"""Where the templates lie, in a wheel and in the source tree, and what they may call."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from fer_xai.atomic import write_bytes
from fer_xai.charts import words
from fer_xai.errors import InputError
from fer_xai.report.scripts import POLICY
from fer_xai.report.stylesheet import cell_rules, theme_rules


def template_folders() -> list[Path]:
    """Where templates may lie: in the installed package (a wheel), then in the source tree (an editable install)."""
    here = Path(__file__).resolve()
    return [here.parent / "templates", here.parents[3] / "reports" / "templates"]


def template_folder() -> Path:
    """The first template folder that exists.

    Raises
    ------
    InputError
        If there is none.
    """
    folder = next((folder for folder in template_folders() if (folder / "index.html.j2").is_file()), None)
    if folder is None:
        looked = " and ".join(str(folder) for folder in template_folders())
        raise InputError(f"the report's templates are missing (looked in {looked}): install fer-xai again")
    return folder


def environment() -> Environment:
    """Jinja2 over the template folder; everything is escaped, and a misspelt name is an error."""
    jinja = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for helper in (
        *(words.method_name, words.region_name, words.codebook_name, words.emotion_file),
        *(
            words.percent,
            words.span,
            words.signed,
            words.points,
            words.plain,
            words.listing,
            words.counted,
        ),
    ):
        jinja.filters[helper.__name__] = helper
    jinja.globals["policy"] = POLICY
    jinja.globals["theme_rules"] = theme_rules()
    jinja.globals["cell_rules"] = cell_rules()
    return jinja


def write_page(page: Template, path: Path, told: dict[str, Any]) -> None:
    """Fill in a template and write it in one step; no line ends between a number and its per cent sign."""
    html = page.render(told)
    write_bytes(path, re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", html).encode())
