"""How the documentation is built: `make docs`; warnings are errors."""

from importlib.metadata import version as installed

project = "teleprocedures"
author = "The teleprocedures authors"
copyright = "2026, The teleprocedures authors"  # noqa: A001 - the name is Sphinx's
version = release = installed("teleprocedures")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinxcontrib.mermaid",
]
exclude_patterns = ["_build", "examples"]

# A ```mermaid block is a diagram here as it is on a code host.
myst_fence_as_directive = ["mermaid"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# The reader's browser draws the diagrams: the build needs neither a browser nor a network.
mermaid_output_format = "raw"

# Docstrings write code in single backticks, as Markdown does.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

html_theme = "furo"
html_title = f"teleprocedures {release}"
html_show_sourcelink = False
