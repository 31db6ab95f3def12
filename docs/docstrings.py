"""How docstrings become the reference: what is raised as a list, types that lead somewhere, nothing that is private.

An extension of Sphinx of the project's own. "Raises what `Space.create` raises." is written out from that docstring, so
that the source says it once and a reader finds it in place.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

import attrs
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ROOMS: Final = ("errors", "values", "deadlines", "rulebook", "core", "forms", "cases", "shells", "portfolio")
BESIDE: Final = ("codec", "wording", "testing", "testing.strategies", "testing.machines", "testing.conformance")
SENTENCE: Final = re.compile(r"(?<=[.:!?])\s+(?=[A-Z`])")
PROSE: Final = re.compile(r"[A-Za-z`(\"]")
RAISED: Final = re.compile(r"`(?P<error>\w+(?:Error|Exception))`,?\s*(?P<why>.*)", re.DOTALL)
ELSEWHERE: Final = re.compile(
    r"Raises what (?P<own>the case's own )?`(?P<name>[\w.]+)`(?: and `(?P<other>[\w.]+)`)? raises?(?: for [^.]*)?\.?"
)
THEN: Final = re.compile(r",?\s+and\s+what\s+(?=`[\w.]+`\s+raises)")
LONGEST: Final = 40
SHORTEST: Final = 4
"""Letters of a name that is known again as a word."""
CASES: Final = "teleprocedures.cases"
PARTS: Final = frozenset({"space", "adhesion", "activation", "mandate", "document"})
"""The modules of the cases that have pages of their own: the room would be a page of more than a megabyte."""
NOISE: Final = frozenset({*vars(BaseException), "bundles", "names_counters", "names_list", "names_to_values"})
"""Names that every exception has, or every state machine: they say nothing of the library's."""
PRIVATE_DEFAULT: Final = re.compile(r"(?<=[\w\]])\s*=\s*_\w+")
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
        # What stands behind "and what" is a sentence of its own.
        sentences = SENTENCE.split(THEN.sub(". Raises what ", paragraph))
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


def _elsewhere(sentence: str, inside: str) -> list[str] | None:
    """What is raised by all that a sentence names; None for a sentence that says something else."""
    said = ELSEWHERE.fullmatch(sentence)
    if said is None:
        return None
    found = []
    for name in filter(None, (said["name"], said["other"])):
        named = _named(f"Case.{name}" if said["own"] else name, inside)
        if named is None:
            return None
        path = f"{getattr(named, '__module__', '')}.{getattr(named, '__qualname__', '')}"
        found += raised(inspect.getdoc(named) or "", path)[1]
    return found


def raised(text: str, inside: str) -> tuple[str, list[str]]:
    """A docstring without its sentences of what is raised, and these, with those of what it names written out."""
    kept, found, paragraph = [], [], []
    for sentence, ends in _sentences(text):
        elsewhere = _elsewhere(sentence, inside)
        if elsewhere is not None:
            found += elsewhere
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


# --- What a field is --------------------------------------------------------------------------------------------------


def field_of(holder: type, name: str) -> str | None:
    """The sentence that says what a field is, from the docstring of the class or of one that it is built on.

    A sentence says it that has the name as code, or else the word. What is raised says nothing of a field.
    """
    bases = (base for base in holder.__mro__ if base.__module__.startswith("teleprocedures"))
    texts = [inspect.cleandoc(vars(base).get("__doc__") or "") for base in bases]
    told = [it for text in texts for it, _ in _sentences(text) if not it.startswith(("Raises ", ">>>"))]
    coded = (it for it in told if f"`{name}`" in it)
    word = re.compile(rf"\b{name.replace('_', ' ')}\b", re.IGNORECASE)
    worded = (it for it in told if len(name) >= SHORTEST and word.search(it))
    return next(coded, None) or next(worded, None)


def say_what_a_field_is(_app: Sphinx, what: str, name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Give a field that has no docstring of its own the sentence of its class."""
    if what not in {"attribute", "property"} or any(lines):
        return
    holder, _, field = name.rpartition(".")
    found = _thing(holder)
    sentence = field_of(found, field) if inspect.isclass(found) else None
    lines[:] = [sentence] if sentence else lines


def _thing(path: str) -> object | None:
    """What stands under a dotted path."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name, None) if module in sys.modules else None


# --- Examples ---------------------------------------------------------------------------------------------------------


def imports_for(names: Iterable[str], path: str) -> str:
    """The lines that import some names for an example of the thing under this path, each from where it is public.

    What is public here is imported from its room, and anything else as the module of the example does.
    """
    module = sys.modules[str(getattr(_thing(path) or _thing(path.rpartition(".")[0]), "__module__", ""))]
    there = dict(_imported(module))
    lines = (_public_import(name, vars(module).get(name)) or there.get(name) for name in sorted(names))
    return "".join(f"{line}\n" for line in lines if line)


def _public_import(name: str, thing: object) -> str | None:
    """The line that imports a thing of the library from where it is public."""
    faces = (f"teleprocedures.{room}" for room in (*ROOMS, *BESIDE))
    found = (face for face in faces if thing is not None and getattr(sys.modules[face], name, None) is thing)
    ours = str(getattr(thing, "__module__", "")).startswith("teleprocedures")
    return next((f"from {face} import {name}" for face in found), None) if ours else None


def _imported(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The names that a module imports, each with the line that imports it alone."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            start = f"from {node.module} import" if isinstance(node, ast.ImportFrom) else "import"
            for alias in node.names:
                yield alias.asname or alias.name, f"{start} {alias.name}{f' as {alias.asname}' if alias.asname else ''}"


# --- What stands on which page ----------------------------------------------------------------------------------------


class Part(Directive):
    """Every public class that some private modules of the cases define: a page of the reference has these alone."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Document them in the order of their source."""
        found = [
            it
            for it in map(_thing, PUBLIC.values())
            if inspect.isclass(it) and _part_of(it) in self.arguments[0].split()
        ]
        found.sort(key=lambda it: (it.__module__, inspect.findsource(it)[1]))
        lines = [line for it in found for line in (f".. autoclass:: {PUBLIC[it.__name__]}", "")]
        made = nodes.section()
        self.state.nested_parse(StringList(lines, self.state.document.current_source), 0, made)
        return list(made.children)


def _part_of(thing: object) -> str:
    """The private module of the cases that a thing stands in, if it has a page of its own."""
    room, _, module = str(getattr(thing, "__module__", "")).rpartition("._")
    return module if room == CASES and module in PARTS else ""


def leave_out(_app: Sphinx, what: str, name: str, thing: object, *_: object) -> bool | None:
    """Leave out what other pages have, and what a class has of Python or of Hypothesis alone."""
    if what == "module":
        return True if _part_of(thing) else None
    own = str(getattr(getattr(thing, "fget", thing), "__module__", "")).startswith("teleprocedures")
    return True if name in NOISE and not own else None


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
    if not signature:
        return None
    if what != "class" or not attrs.has(thing):
        return PRIVATE_DEFAULT.sub("=...", signature), answer

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
    app.connect("autodoc-process-docstring", say_what_a_field_is)
    app.connect("autodoc-skip-member", leave_out)
    app.add_directive("part", Part)
    app.connect("autodoc-process-signature", plain_defaults)
    app.connect("autodoc-process-bases", only_public_bases)
    app.connect("missing-reference", by_its_room)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
