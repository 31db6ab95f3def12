"""How the documentation is built: `make docs`; warnings are errors."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as installed
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

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
autodoc_default_options = {"show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

html_theme = "furo"
html_title = f"teleprocedures {release}"
html_show_sourcelink = False


def public_names() -> dict[str, str]:
    """Every public name of the package, with the room whose face has it; the rooms are loaded whole."""
    found: dict[str, str] = {}
    for name in import_module("teleprocedures").__all__:
        for room in ("errors", "values", "deadlines", "rulebook", "core", "forms", "cases", "shells", "portfolio"):
            face = import_module(f"teleprocedures.{room}")
            if name in face.__all__:
                # A face is lazy: what it has not handed out yet, autodoc would not see.
                getattr(face, name)
                found[name] = f"teleprocedures.{room}.{name}"
    return found


PUBLIC = public_names()


def by_its_room(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contents: nodes.TextElement
) -> nodes.reference | None:
    """A reference to `teleprocedures.Siren`, or to a method of it, leads to where its room documents it."""
    package, _, name = str(node.get("reftarget")).partition(".")
    first, *rest = name.split(".")
    if package != "teleprocedures" or first not in PUBLIC:
        return None
    target = ".".join((PUBLIC[first], *rest))
    return env.domains.python_domain.resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], target, node, contents
    )


def setup(app: Sphinx) -> None:
    """Have Sphinx ask for the references that it cannot resolve."""
    app.connect("missing-reference", by_its_room)
