"""How pages are presented: drawn diagrams, rules that are links, tables for a phone, examples that can be pasted.

An extension of Sphinx of the project's own. Nothing that it makes asks for a network when it is read.
"""

from __future__ import annotations

import re
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unicodedata import combining, normalize

import mmdr
from docstrings import imports_for
from docutils import nodes
from docutils.parsers.rst import Directive
from pasting import Block, blocks_of, lacking
from sphinx import addnodes
from sphinx.search.en import SearchEnglish
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from teleprocedures import RULES

if TYPE_CHECKING:
    from sphinx.application import Sphinx

IDS: Final = frozenset(rule.id for rule in RULES)
RULE: Final = re.compile(r"(?<![\w.])(?:[0-3]\.\d+|[AF]\d+)(?!\w|\.\d)")
_LIST: Final = rf"{RULE.pattern}(?:(?:, and |, | and | to |, et | et | à ){RULE.pattern})*"
CITED: Final = re.compile(rf"\b[Rr](?:ules?|ègles?) {_LIST}|\((?:[^()]*[,:;] )?{_LIST}(?:[:,;][^()]*)?\)")
ONLY: Final = re.compile(rf"\s*{_LIST}\s*")
GUIDES: Final = {
    "changelog": "CHANGELOG.md",
    "code-of-conduct": "CODE_OF_CONDUCT.md",
    "contributing": "CONTRIBUTING.md",
    "security": "SECURITY.md",
}
MADE: Final = re.compile(r"^\.\. (?:automodule|part)::|\{literalinclude\}", re.MULTILINE)
VIEW_BOX: Final = re.compile(r'viewBox="[-\d.]+ [-\d.]+ (?P<width>[\d.]+)')
PAGE_OF_RULES: Final = "procedure"
WIDE: Final = 2
"""A table with more columns than this becomes cards on a phone."""
LONG: Final = 20
"""And so does one that has a longer word, which would be broken in a narrow column."""
SMALLEST: Final = 10 / 12
"""A diagram keeps this part of its width, and is scrolled where it is wider than the screen: its text stays legible."""


def anchor(rule: str) -> str:
    """The anchor of a rule on the page of the procedure: `rule-2-13`."""
    return f"rule-{rule.replace('.', '-').lower()}"


# --- Languages --------------------------------------------------------------------------------------------------------


def is_french(page: str) -> bool:
    """Whether a page is in French."""
    return page in {"fr", "words-fr"} or page.startswith("fr/")


def say_the_language(_app: Sphinx, page: str, _template: str, context: dict[str, object], _doctree: object) -> None:
    """Have a page in French say that it is, to whatever reads it aloud or translates it."""
    if is_french(page):
        context["language"] = "fr"


class Search(SearchEnglish):
    """English, in which an accent makes no other word: « délai » is found by "delai", and the other way round."""

    js_splitter_code = """
function splitQuery(query) {
  const plain = query.normalize("NFD").replace(/\\p{Mark}/gu, "");
  return plain.split(/[^\\p{Letter}\\p{Number}_\\p{Emoji_Presentation}]+/gu).filter(Boolean);
}
"""

    def split(self, text: str) -> list[str]:
        """The words of a text, without their accents."""
        plain = (it for it in normalize("NFD", text) if not combining(it))
        return super().split("".join(plain))


# --- Diagrams ---------------------------------------------------------------------------------------------------------


class Diagram(Directive):
    """A Mermaid block as an SVG picture; its `accTitle` and `accDescr` are read out where it cannot be seen."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Draw it."""
        source = "\n".join(self.content)
        if "accDescr" not in source:
            raise self.error("a diagram needs accTitle and accDescr, for readers who do not see it")
        drawn = mmdr.render(source).svg().replace("merman", f"diagram-{sha256(source.encode()).hexdigest()[:8]}")
        width = round(float(VIEW_BOX.search(drawn)["width"]) * SMALLEST)
        picture = nodes.raw("", f'<div class="diagram" style="--least: {width}px">{drawn}</div>', format="html")
        return [picture]


# --- Rules ------------------------------------------------------------------------------------------------------------


class RulesHaveAddresses(SphinxTransform):
    """Each line of the rules' table has an anchor, and is found by its number."""

    default_priority = 890

    def apply(self, **_: object) -> None:
        """Mark the lines of the table on the page of the procedure."""
        if self.env.current_document.docname != PAGE_OF_RULES:
            return
        tables = [it for it in self.document.findall(nodes.table) if next(it.findall(nodes.entry)).astext() == "Rule"]
        for row in next(tables[-1].findall(nodes.tbody)).findall(nodes.row):
            cell = row.children[0]
            rule, target = cell.astext(), anchor(cell.astext())
            cell["ids"].append(target)
            said = (rule, f"rule {rule}", f"règle {rule}")
            cell.insert(0, addnodes.index(entries=[("single", each, target, "", None) for each in said]))


class RulesAreLinks(SphinxPostTransform):
    """Each rule that a text cites leads to its line in the procedure."""

    default_priority = 400

    def run(self, **_: object) -> None:
        """Replace the ids in texts; code, titles and what is a link already are left alone."""
        aside = (nodes.literal, nodes.literal_block, nodes.reference, nodes.title, nodes.raw, addnodes.desc_signature)
        for text in list(self.document.findall(nodes.Text)):
            parents, parent = [], text.parent
            while parent is not None:
                parents.append(parent)
                parent = parent.parent
            if any(isinstance(parent, aside) for parent in parents):
                continue
            if any(isinstance(parent, nodes.entry) and parent["ids"] for parent in parents):
                continue  # the line of the rule itself
            alone = any(isinstance(parent, nodes.entry) for parent in parents) and ONLY.fullmatch(text.parent.astext())
            spans = [(0, len(text))] if alone else [found.span() for found in CITED.finditer(text)]
            if spans:
                text.parent.replace(text, list(self.linked(str(text), spans)))

    def linked(self, text: str, spans: list[tuple[int, int]]) -> list[nodes.Node]:
        """The text with its ids as references, where they stand in one of these spans."""
        made: list[nodes.Node] = []
        end = 0
        for found in RULE.finditer(text):
            if found[0] not in IDS or not any(start <= found.start() < stop for start, stop in spans):
                continue
            made.append(nodes.Text(text[end : found.start()]))
            builder, here = self.app.builder, self.env.current_document.docname
            page = "" if here == PAGE_OF_RULES else builder.get_relative_uri(here, PAGE_OF_RULES)
            made.append(
                nodes.reference("", found[0], internal=True, classes=["rule"], refuri=f"{page}#{anchor(found[0])}")
            )
            end = found.end()
        return [*made, nodes.Text(text[end:])]


# --- Tables -----------------------------------------------------------------------------------------------------------


class TablesFitPhones(SphinxPostTransform):
    """In a wide table each cell says its column, which only a phone shows: there a row becomes a card."""

    default_priority = 410

    def run(self, **_: object) -> None:
        """Label the cells."""
        for table in self.document.findall(nodes.table):
            heads = list(table.findall(nodes.thead))
            columns = [entry.astext() for entry in heads[0].findall(nodes.entry)] if heads else []
            if not self.is_wide(table, columns):
                continue
            table["classes"].append("cards")
            for row in next(table.findall(nodes.tbody)).findall(nodes.row):
                for label, entry in zip(columns, row.findall(nodes.entry), strict=True):
                    if entry.astext() and label:
                        entry.insert(0, nodes.raw("", f'<span class="column">{escape(label)}</span>', format="html"))

    def is_wide(self, table: nodes.table, columns: list[str]) -> bool:
        """Whether a table does not fit a phone: by its columns, or by its words."""
        words = (word for entry in table.findall(nodes.entry) for word in entry.astext().split())
        return len(columns) > WIDE or (len(columns) == WIDE and any(len(word) > LONG for word in words))


# --- Blocks that can be pasted ----------------------------------------------------------------------------------------


class BlocksCanBePasted(SphinxTransform):
    """Each example carries what a copy button copies: its code without prompts, after the set-up that it needs."""

    default_priority = 900

    def apply(self, **_: object) -> None:
        """Wrap the examples of the page."""
        every = list(self.document.findall(nodes.literal_block))
        for node in [it for it in every if self.is_fragment(it)]:
            wrapper = nodes.container(classes=["fragment"])
            node.parent.replace(node, wrapper)
            said = "À lire, et non à copier" if self.is_french() else "To be read, not pasted"
            wrapper += [nodes.raw("", f'<p class="fragment">{said}</p>', format="html"), node]
        found = [block for block in every if block.get("language") == "python" and "source" not in block]
        for node, block in zip(found, blocks_of([node.astext() for node in found]), strict=True):
            wrapper = nodes.container(classes=["example"])
            node.parent.replace(node, wrapper)
            wrapper += [node, nodes.raw("", self.carried(block), format="html")]
        for holder in (self.document, *self.document.findall(addnodes.desc)):
            self.of_a_docstring(holder)

    def is_french(self) -> bool:
        """Whether the page is in French."""
        return is_french(self.env.current_document.docname)

    def is_fragment(self, block: nodes.literal_block) -> bool:
        """Whether a block is a part of a program, which does not run alone: what an example's page shows is whole."""
        is_part = "source" in block and not self.env.current_document.docname.startswith("examples/")
        return block.get("language") == "py" or (block.get("language") == "python" and is_part)

    def of_a_docstring(self, holder: nodes.Element) -> None:
        """Wrap the examples of a docstring, which need what its module imports too; that of a module is whole."""
        found = [node for node in holder.findall(nodes.doctest_block) if _nearest(node) is holder]
        for node, block in zip(found, blocks_of([node.astext() for node in found]), strict=True):
            signature = next(holder.findall(addnodes.desc_signature)) if isinstance(holder, addnodes.desc) else None
            imports = imports_for(lacking(block.pasted), signature["ids"][0]) if signature else ""
            wrapper = nodes.container(classes=["example"])
            node.parent.replace(node, wrapper)
            wrapper += [node, nodes.raw("", self.carried(block._replace(setup=imports + block.setup)), format="html")]

    def carried(self, block: Block) -> str:
        """The hidden text that is copied, and the set-up where somebody can read it."""
        hidden = f'<pre class="copied" hidden>{escape(block.pasted)}</pre>'
        if not block.setup:
            return hidden
        said = "Copié avec sa préparation" if self.is_french() else "Copied with its set-up"
        return f'{hidden}<details class="setup"><summary>{said}</summary><pre>{escape(block.setup)}</pre></details>'


def _nearest(node: nodes.Node) -> nodes.Node:
    """The description that a node stands in, or the page."""
    while not isinstance(node, (addnodes.desc, nodes.document)):
        node = node.parent
    return node


# --- Guides of the root -----------------------------------------------------------------------------------------------


def from_the_root(_app: Sphinx, docname: str, source: list[str]) -> None:
    """The text of a guide that stands in the root of the project, with its links as they are from here."""
    if docname not in GUIDES:
        return
    text = (Path(__file__).parents[1] / GUIDES[docname]).read_text("utf-8")
    pages = {name: page for page, name in GUIDES.items()} | {"README.md": "index"}
    for name, page in pages.items():
        text = text.replace(f"]({name}", f"]({page}.md")
    source[0] = text.replace("](docs/", "](")


# --- For programs that read -------------------------------------------------------------------------------------------


def _text_of(app: Sphinx, page: str) -> str:
    """Where the text of a page is: its source, or what was built of it where the source only says what to put there."""
    source = app.env.doc2path(page).read_text("utf-8")
    is_built = page in GUIDES or page.startswith("examples/") or MADE.search(source)
    return f"{page}.html" if is_built else f"_sources/{page}.md.txt"


def list_for_programs(app: Sphinx, failed: Exception | None) -> None:
    """Write `llms.txt`: the pages with their titles, and where their plain text stands."""
    if failed is not None or app.builder.name != "html":
        return
    pages = sorted(app.env.titles, key=lambda page: (page.count("/"), page))
    lines = (f"- [{app.env.titles[page].astext()}]({_text_of(app, page)})" for page in pages)
    said = "> The expert-mode procedure of impots.gouv.fr as a Python library: it decides, the host acts."
    text = "\n".join(("# teleprocedures", "", said, "", "## Pages", "", *lines, ""))
    Path(app.outdir, "llms.txt").write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Give all of it to Sphinx."""
    app.connect("source-read", from_the_root)
    app.connect("html-page-context", say_the_language)
    app.connect("build-finished", list_for_programs)
    app.add_search_language(Search)
    app.add_directive("mermaid", Diagram)
    app.add_transform(RulesHaveAddresses)
    app.add_post_transform(RulesAreLinks)
    app.add_post_transform(TablesFitPhones)
    app.add_transform(BlocksCanBePasted)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
