"""Sphinx configuration."""

import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fer_xai import __version__
from fer_xai.cli.quiet import load_tensorflow

load_tensorflow()  # here, where its banner is kept off the build's output
# Many examples in one process look to TensorFlow like one function traced again and again.
logging.getLogger("tensorflow").setLevel("ERROR")

project = "fer-xai"
author = "The fer-xai developers"
copyright = author
release = version = __version__

extensions = [
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "extension",
    "rooms",
    "command_pages",
    "codebook_tables",
    "study_tables",
    "leaderboard_table",
    "speed_tables",
]
exclude_patterns = ["_build"]
default_role = "py:obj"

autodoc_typehints = "none"  # numpydoc's parameter lists tell the types
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True  # as they are written, and names where there are names
autodoc_default_options = {"members": True, "imported-members": True}
numpydoc_show_class_members = False  # autodoc shows them
numpydoc_attributes_as_param_list = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "image_scrapers": ("extension.scrape_figures",),
    "capture_repr": (),
    "abort_on_example_error": True,
    "show_signature": False,
    "write_computation_times": False,
}

templates_path = ["_templates"]
html_theme = "alabaster"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_theme_options = {
    "description": "Why does it say angry? Explanations for facial-expression classifiers.",
    "page_width": "875px",  # below it the theme lays a page out for a phone; style.css widens the others
    "body_max_width": "920px",
    "sidebar_width": "270px",
    "fixed_sidebar": True,
    "sidebar_collapse": True,
    "show_powered_by": False,
}
