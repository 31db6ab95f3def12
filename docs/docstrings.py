"""How docstrings become the reference: what is raised as a list, types that lead somewhere, nothing that is private.

An extension of Sphinx of the project's own. "Raises what `Space.create` raises." is written out from that docstring, so
that the source says it once and a reader finds it in place.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ROOMS: Final = ("errors", "values", "deadlines", "rulebook", "core", "forms", "cases", "shells", "portfolio")
BESIDE: Final = ("codec", "wording", "testing", "testing.strategies", "testing.machines", "testing.conformance")
SENTENCE: Final = re.compile(r"(?<=[.:!?])\s+(?=[A-Z`])")
PROSE: Final = re.compile(r"[A-Za-z`(\"]")
RAISED: Final = re.compile(r"`(?P<error>\w+(?:Error|Exception))`,?\s*(?P<why>.*)", re.DOTALL)
ELSEWHERE: Final = re.compile(r"Raises what(?: the case's own)? `(?P<name>[\w.]+)` raises\.")
LONGEST: Final = 40
INSIDE: Final = re.compile(r"`_\w|\b_\w+\.py\b")
AND: Final = re.compile(r",? and (?=`\w+Error`)")


def public_names() -> dict[str, str]:
    """Every public name of the package, with the room whose face has it; the rooms are loaded whole."""
    found: dict[str, str] = {}
    for room in (*ROOMS, *BESIDE):
        face = import_module(f"teleprocedures.{room}")
        # A face is lazy: what it has not handed out yet, autodoc would not see.
        names = getattr(face, "__all__", None) or [name for name in vars(face) if not name.startswith("_")]
        for name in names:
            thing = getattr(face, name)
            if str(getattr(thing, "__module__", face.__name__)).startswith("teleprocedures"):
                found.setdefault(name, f"teleprocedures.{room}.{name}")
    return found


PUBLIC: Final = public_names()


# --- What is raised ---------------------------------------------------------------------------------------------------


def _sentences(text: str) -> Iterator[tuple[str, bool]]:
    """The paragraphs of a docstring in sentences, each with whether a paragraph ends there; what is no prose, whole."""
    for paragraph in re.split(r"\n\s*\n", text):
        if not PROSE.match(paragraph) or "\n " in paragraph or paragraph.startswith(("- ", ">>>")):
            yield paragraph, True
            continue
        sentences = SENTENCE.split(paragraph)
        for place, sentence in enumerate(sentences, start=1):
            yield " ".join(sentence.split()), place == len(sentences)


def _named(name: str, inside: str) -> object | None:
    """The thing that a docstring names, as seen from the thing that it documents."""
    name = name.removeprefix("teleprocedures.")
    holders = [inside.rsplit(".", count)[0] for count in range(1, inside.count("."))]
    for holder in (*holders, "teleprocedures", "teleprocedures.core.Snapshot"):
        found: object | None = None
        for part in f"{holder}.{name}".split("."):
            try:
                found = import_module("teleprocedures") if found is None else getattr(found, part)
            except AttributeError:
                break
        else:
            if f"{getattr(found, '__module__', '')}.{getattr(found, '__qualname__', '')}" != inside:
                return found
    return None


def raised(text: str, inside: str) -> tuple[str, list[str]]:
    """A docstring without its sentences of what is raised, and these, with those of what it names written out."""
    kept, found, paragraph = [], [], []
    for sentence, ends in _sentences(text):
        elsewhere = ELSEWHERE.fullmatch(sentence)
        named = _named(elsewhere["name"], inside) if elsewhere else None
        if elsewhere and named is not None:
            path = f"{getattr(named, '__module__', '')}.{getattr(named, '__qualname__', '')}"
            found += raised(inspect.getdoc(named) or "", path)[1]
        elif found and sentence.startswith("Raises it "):
            again = RAISED.match(found[-1])
            assert again, found
            found.append(f"`{again['error']}` {sentence.removeprefix('Raises it ').rstrip('.')}")
        elif sentence.startswith("Raises ") and RAISED.match(sentence.removeprefix("Raises ")):
            found += [part.rstrip(".") for part in AND.split(sentence.removeprefix("Raises "))]
        else:
            paragraph.append(sentence)
        if ends and paragraph:
            kept.append(" ".join(paragraph))
            paragraph = []
    return "\n\n".join(kept), list(dict.fromkeys(found))


def list_what_is_raised(_app: Sphinx, what: str, name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Turn the sentences of what is raised into a list of fields."""
    whole = "\n".join(lines).strip()
    if what == "module":
        # How a room works inside is told to those who open it, not to those who use it.
        lines[:] = "\n\n".join(it for it in re.split(r"\n\s*\n", whole) if not INSIDE.search(it)).splitlines()
        return
    text, found = raised(whole, name)
    if not found:
        return
    fields = []
    for each in found:
        known = RAISED.fullmatch(each)
        assert known, each
        fields.append(textwrap.fill(f":raises {known['error']}: {known['why']}", 110, subsequent_indent="   "))
    lines[:] = [*text.splitlines(), "", *"\n".join(fields).splitlines(), ""]


# --- Names ------------------------------------------------------------------------------------------------------------


def by_its_room(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contents: nodes.TextElement
) -> nodes.reference | None:
    """A name leads to where its room documents it, however it is written and wherever it is defined."""
    if node.get("refdomain") != "py":
        return None
    parts = str(node.get("reftarget")).split(".")
    place = next((place for place, part in enumerate(parts) if part in PUBLIC), None)
    if place is None or (parts[0] != "teleprocedures" and (place or parts[0].islower())):
        return None
    target = ".".join((PUBLIC[parts[place]], *parts[place + 1 :]))
    return env.domains.python_domain.resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], target, node, contents
    )


def only_public_bases(_app: Sphinx, _name: str, _obj: object, _options: object, bases: list[object]) -> None:
    """Leave out what a class is built of in private: its members are shown in place."""

    def is_private(base: object) -> bool:
        origin = getattr(base, "__origin__", base)
        own = str(getattr(origin, "__module__", "")).startswith("teleprocedures")
        return own and getattr(origin, "__name__", "") not in PUBLIC

    bases[:] = [base for base in bases if not is_private(base)] or [object]


def plain_defaults(
    _app: Sphinx, what: str, _name: str, thing: object, _options: object, signature: str | None, answer: str | None
) -> tuple[str, str | None] | None:
    """Show the default of a field as somebody would write it; an ellipsis, where it is made anew each time."""
    if what != "class" or not signature or not attrs.has(thing):
        return None

    def written(found: re.Match[str]) -> str:
        default = attrs.fields_dict(thing)[found[1]].default
        if isinstance(default, Enum):
            return f"{type(default).__name__}.{default.name}"
        return "..." if isinstance(default, attrs.Factory) or len(repr(default)) > LONGEST else repr(default)

    signature = re.sub(r"attr_dict\['(\w+)'\]\.default", written, signature)
    return signature.replace("= NOTHING", "= ..."), answer


def setup(app: Sphinx) -> dict[str, object]:
    """Give all of it to Sphinx."""
    app.connect("autodoc-process-docstring", list_what_is_raised)
    app.connect("autodoc-process-signature", plain_defaults)
    app.connect("autodoc-process-bases", only_public_bases)
    app.connect("missing-reference", by_its_room)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
