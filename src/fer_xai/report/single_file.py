"""A whole report as one HTML file, to be mailed: the folder's own pages, one below the other, one seen at a time."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import posixpath
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from fer_xai.atomic import write_bytes
from fer_xai.errors import InputError
from fer_xai.report import scripts
from fer_xai.report.templating import template_folder

NAME = "report.html"
_STYLE = """
html:not([data-scripted]) .page{display:none}
html:not([data-scripted]) .page:target,html:not([data-scripted]) .page:has(:target){display:block}
html:not([data-scripted]) body:not(:has(.page:target,.page :target)) .page:first-child{display:block}
"""


def write_single_file(folder: Path) -> Path:
    """Bind a rendered report into one file.

    Parameters
    ----------
    folder : path
        Where `render` left its pages.

    Returns
    -------
    Path
        ``report.html`` in the folder. It holds the same text, tables, pictures, maps and scripts, but the charts in
        their light version only. It asks for no other file, and can be read without scripts.

    Raises
    ------
    InputError
        If the folder holds no report.
    """
    names = ["index.html", "faces.html", *sorted(f"classes/{path.name}" for path in (folder / "classes").glob("*"))]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder} holds no whole report ({missing[0]} is missing): run fer-xai report first")
    pages = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    source = template_folder()
    early, late = ["theme.js"], ["single.js", "report.js", "faces.js"]
    code = {name: (source / name).read_text(encoding="utf-8") for name in (*early, *late)}
    data = [_packed(path) for path in sorted((folder / "faces").glob("*.js"))]
    style = _between(pages["faces.html"], "<style>", "</style>") + _STYLE
    html = "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(code)}">',
            '<link rel="icon" href="data:,">',
            f"<title>{_between(pages['index.html'], '<title>', '</title>')}</title>",
            f"<style>{style}</style>",
            *(f"<script>{code[name]}</script>" for name in early),
            '</head>\n<body>\n<a class="skip" href="#main">Skip to the content</a>\n<main id="main" tabindex="-1">',
            *(_Page(folder, name, pages).html() for name in names),
            "</main>",
            *data,
            *(f"<script>{code[name]}</script>" for name in late),
            "</body>\n</html>\n",
        ]
    )
    bound = folder / NAME
    write_bytes(bound, html.encode())
    return bound


class _Page:
    """One page of the folder as an article of the file."""

    def __init__(self, folder: Path, name: str, pages: dict[str, str]) -> None:
        self._folder, self._name, self._known, self._text = folder, name, set(pages), pages[name]
        self._before = _before(name)

    def html(self) -> str:
        """The article: its anchors and links renamed, its pictures within."""
        body = "<header>" + _between(self._text, "<header>", "</footer>") + "</footer>"
        body = re.sub(r'<main id="main"([^>]*?) tabindex="-1">', r"<div\1>", body).replace("</main>", "</div>")
        body = re.sub(r"<source [^>]*>", "", body)
        body = re.sub(r'\bid="([^"]*)"', lambda found: f'id="{self._before}{found[1]}"', body)
        body = re.sub(r'\b(aria-labelledby|for)="([^"]*)"', lambda f: f'{f[1]}="{self._before}{f[2]}"', body)
        body = re.sub(r"url\(#([^)]*)\)", lambda found: f"url(#{self._before}{found[1]})", body)
        body = _on(body, "href", self._link)
        body = _on(body, "src", self._picture)
        body = body.replace('data-part="filters"', f'data-part="filters" data-home="#{_anchor("faces.html")}"')
        title = _between(self._text, "<title>", "</title>")
        return f'<article class="page" id="{_anchor(self._name)}" data-title="{_quoted(title)}">\n{body}\n</article>'

    def _link(self, target: str) -> str:
        path, _, fragment = target.partition("#")
        if not path:
            return f"#{self._before}{fragment}"
        if urlsplit(path).scheme:
            return target
        place = posixpath.normpath(posixpath.join(posixpath.dirname(self._name), unquote(path)))
        if place not in self._known:
            return _within(self._folder / place)
        return f"#{_before(place)}{fragment}" if fragment else f"#{_anchor(place)}"

    def _picture(self, target: str) -> str:
        if urlsplit(target).scheme:
            return target
        path = self._folder / posixpath.normpath(posixpath.join(posixpath.dirname(self._name), unquote(target)))
        if path.suffix == ".svg":
            # Quoted as text an SVG takes a seventh more room; as base64, a third.
            plain = path.read_text(encoding="utf-8").replace("\n", " ").replace('"', "'")
            return "data:image/svg+xml," + quote(plain, safe=" /:=;,()'!*@$?-_.~+")
        return _within(path)


def _within(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def _anchor(name: str) -> str:
    return f"page-{Path(name).stem}" if "/" not in name else f"page-classes-{Path(name).stem}"


def _before(name: str) -> str:
    """What goes before a page's own anchors; nothing for the faces' permalinks and the overview's chapters."""
    return f"{_anchor(name)}-" if "/" in name else ""


def _on(body: str, attribute: str, change: Callable[[str], str]) -> str:
    return re.sub(rf'\b{attribute}="([^"]*)"', lambda found: f'{attribute}="{change(found[1])}"', body)


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]


def _quoted(title: str) -> str:
    return title.replace('"', "&#34;")


def _packed(path: Path) -> str:
    value = scripts.told(path.read_text(encoding="utf-8"))
    text = base64.b64encode(zlib.compress(value.encode(), 9)).decode("ascii")
    return f'<script type="text/plain" data-name="{path.stem}">{text}</script>'


def _policy(code: dict[str, str]) -> str:
    """Only these very scripts may run."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") for text in code.values()]
    allowed = " ".join(f"'sha256-{found}'" for found in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
