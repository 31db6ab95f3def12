"""How the documentation is built: `make docs`; warnings are errors."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path

from django.conf import settings

# Its own extensions: how pages are presented, and how docstrings become the reference.
sys.path.insert(0, str(Path(__file__).parent))

# Fields of Django's forms have messages, which ask the settings in which language they are shown.
settings.configure()

project = "teleprocedures"
author = "The teleprocedures authors"
copyright = "2026, The teleprocedures authors"  # noqa: A001 - the name is Sphinx's
version = release = installed("teleprocedures")
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "presentation",
    "docstrings",
    "exhibits",
]
exclude_patterns = ["_build"]

# A ```mermaid block is a diagram here as it is on a code host.
myst_fence_as_directive = ["mermaid"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Docstrings write names in single backticks, as Markdown does: one that is documented is a link.
default_role = "py:obj"
autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    "show-inheritance": True,
    "inherited-members": "object, Exception, str, Enum, tuple, dict, Mapping, Protocol, Generic, TestCase,"
    " RuleBasedStateMachine",
}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 60
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"teleprocedures {release}"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["pages.css"]

# What is copied of an example stands beside it, without prompts and after its set-up: see presentation.py.
copybutton_selector = ":not(.example, .fragment) > div[class^=highlight-] pre, pre.copied"
copybutton_prompt_text = "$ "
