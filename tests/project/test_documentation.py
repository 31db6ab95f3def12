"""The documentation is current and whole: generated regions, the rules' table, the glossary, docstrings, the guides."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import attrs
import pytest

import teleprocedures
from teleprocedures import (
    CATALOGUE,
    RULES,
    Adhesion,
    AsyncPortal,
    Lifecycle,
    Mandate,
    Portal,
    RefusedError,
    Snapshot,
    Space,
)
from teleprocedures.wording import ENGLISH, FRENCH
from teleprocedures.words import ERROR_CODES

RULE_ID = re.compile(r"\b(?:[0-3]\.\d+|A\d+|F\d+)\b")
VERBS_OF = (Space, Adhesion, Mandate, Snapshot)
GUIDES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
PACKAGE = Path(teleprocedures.__file__).parent


@pytest.fixture(scope="module")
def generate(project: Path) -> Iterator[ModuleType]:
    """The program that writes the generated regions."""
    sys.path.insert(0, str(project / "docs"))
    yield importlib.import_module("generate")
    sys.path.remove(str(project / "docs"))
    del sys.modules["generate"], sys.modules["refusals"], sys.modules["spoken"]


@pytest.fixture(scope="module")
def refusals(generate: ModuleType) -> ModuleType:
    """The rules' table."""
    return sys.modules[generate.ROWS[0].__class__.__module__]


def page(project: Path, name: str) -> str:
    """The text of a page."""
    return (project / name).read_text("utf-8")


# --- Generated regions ------------------------------------------------------------------------------------------------


def test_generated_regions_are_current(generate: ModuleType) -> None:
    """What the pages show is what the library says now; `python docs/generate.py` writes it anew."""
    texts = {path.name: path.read_text("utf-8") for path in generate.pages()}
    stale = [name for name, text in texts.items() if generate.generated(text) != text]

    assert [] == stale


def test_every_region_is_on_a_page(generate: ModuleType) -> None:
    """Nothing is generated for no page."""
    found = {match["name"] for path in generate.pages() for match in generate.REGION.finditer(path.read_text("utf-8"))}

    assert set(generate.REGIONS) == found


def test_a_page_is_written_when_it_is_stale(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program writes the pages that changed, says which, and leaves the others and the text around alone."""
    stale = "# Limits\n\n<!-- generated: limits -->\nold\n<!-- end of generated: limits -->\n\nend\n"
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    (tmp_path / "plain.md").write_text("# Nothing\n")
    (tmp_path / "limits.md").write_text(stale)
    codes = [generate.main(), generate.main()]

    text = (tmp_path / "limits.md").read_text()

    assert [0, 0] == codes
    assert 1 == capsys.readouterr().out.count("limits.md")
    assert text.startswith("# Limits\n\n<!-- generated: limits -->\n\n| Time limit |")
    assert text.endswith("<!-- end of generated: limits -->\n\nend\n")


def test_the_table_has_every_rule_once_and_in_order(generate: ModuleType) -> None:
    """Each rule has its line: where it is enforced, and what a refusal says."""
    assert [rule.id for rule in RULES] == [row.rule for row in generate.ROWS]


def test_the_table_says_where_each_rule_is_enforced(generate: ModuleType) -> None:
    """Each rule is found in the code, in a file and under a name that the package has."""
    enforced = generate.enforced()
    missing = [
        f"{path}: {name}"
        for places in enforced.values()
        for path, name in places
        if not has(importlib.import_module(f"teleprocedures.{path.removesuffix('.py').replace('/', '.')}"), name)
    ]

    assert [] == [rule for rule, places in enforced.items() if not places]
    assert [] == missing


def has(module: ModuleType, name: str) -> bool:
    """Whether a dotted name is in a module."""
    found: object = module
    for part in name.split("."):
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_places_are_found_by_code_before_docstrings(generate: ModuleType) -> None:
    """What cites a rule by its id enforces it; docstrings of modules and of strings that only look alike do not."""
    source = """
'''Rule 1.1.'''
LIMIT = TimeLimit("1.9")
def check(space):
    '''Refuse it (rules 1.8 and A1).'''
    raise Error("version 1.8.2", rule="1.12")
"""

    assert [
        ("1.9", ("t.py", "LIMIT"), True),
        ("1.8", ("t.py", "check"), False),
        ("A1", ("t.py", "check"), False),
        ("1.12", ("t.py", "check"), True),
    ] == list(generate.citations(ast.parse(source), "t.py"))


def test_every_code_of_an_error_is_in_the_reference(project: Path) -> None:
    """Each code that an error can have has its line in one of the two tables; what is no error has none."""
    lines = re.findall(r"^\| `([a-z0-9_]+\.[a-z0-9_]+)` \|", page(project, "docs/reference/codes.md"), re.MULTILINE)

    assert sorted(ERROR_CODES) == sorted(lines)


def test_a_code_that_an_error_of_the_procedure_is_given_is_a_refusal(refusals: ModuleType) -> None:
    """Each code that the library writes beside a class of refusals stands in their table under that class."""
    told = {it.code: it.error for it in refusals.REFUSED}
    classes = {name for name in teleprocedures.__all__ if is_refusal(getattr(teleprocedures, name))}
    written = {
        (node.args[0].value, node.func.id)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes
        if node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value in ERROR_CODES
    }

    assert len(written) >= 12
    assert {(code, told.get(code)) for code, _ in written} == written
    assert set(told.values()) <= classes


def is_refusal(thing: object) -> bool:
    """Whether a public name is a class of refusals."""
    return inspect.isclass(thing) and issubclass(thing, RefusedError)


def test_a_provoked_refusal_is_the_one_of_the_table(refusals: ModuleType) -> None:
    """What a line of the rules' table provokes has the class, the rule and the words of its code's line."""
    told = {it.code: it for it in refusals.REFUSED}
    provoked = []
    for row in refusals.ROWS:
        try:
            isinstance(row.shows, str) or row.shows(refusals.Scene())
        except RefusedError as error:
            provoked.append(error)
        except ValueError:
            continue

    assert [] == [error.code for error in provoked if told[error.code].error != type(error).__name__]
    assert [] == [
        (error.code, error.rule.id)
        for error in provoked
        if error.rule.id not in told[error.code].rules and told[error.code].rules != "of the state"
    ]


def test_a_refusal_of_the_table_cites_its_rule(refusals: ModuleType) -> None:
    """What a line provokes is refused under that line's rule, or under the one that an open point is settled for."""
    settled = {"A7": "2.3", "A9": "2.13"}
    cited = {}
    for row in refusals.ROWS:
        if not isinstance(row.shows, str):
            try:
                row.shows(refusals.Scene())
            except RefusedError as error:
                cited[row.rule] = error.rule.id
            except ValueError:
                continue

    assert {rule: settled.get(rule, rule) for rule in cited} == cited
    assert len(cited) >= 25


def test_a_refusal_that_does_not_come_is_an_error(refusals: ModuleType) -> None:
    """A line that was to provoke a refusal cannot pass for one that refuses nothing."""
    row = refusals.Row("1.1", lambda _: refusals.space_form())

    with pytest.raises(RuntimeError, match=r"^rule 1\.1 was to refuse, and did not$"):
        refusals.outcome(row)


# --- Pages ------------------------------------------------------------------------------------------------------------


def glossary(project: Path) -> str:
    """The glossary of the procedure."""
    return page(project, "docs/procedure.md").partition("\n## Glossary\n")[2].partition("\n## ")[0]


def test_the_glossary_has_every_service(project: Path) -> None:
    """Each service of the shipped catalogue is there, by its code and its French title."""
    text = glossary(project)

    assert [] == [service.code for service in CATALOGUE.values() if f"| `{service.code}` |" not in text]
    assert [] == [service.title for service in CATALOGUE.values() if f"| {service.title} |" not in text]


def shipped() -> list[Lifecycle]:
    """The lifecycles that are shipped, whatever other tests have registered besides."""
    return [one for kind in (Space, Adhesion, Mandate) for one in kind.lifecycles]


def test_the_glossary_has_every_state(project: Path) -> None:
    """Each state of each lifecycle is there, under its lifecycle, in order."""
    states = glossary(project).partition("### States")[2]
    rows = re.findall(r"^\| (\w*) ?\| `(\w+)` \| [^|]+ \| [^|]+ \|$", states, re.MULTILINE)
    found: dict[str, list[str]] = {}
    for name, state in rows:
        found.setdefault(name or list(found)[-1], []).append(state)

    assert {one.name: [str(state) for state in one.states] for one in shipped()} == found


def test_the_page_settles_every_open_point(project: Path) -> None:
    """A1 to A18 are each said in the page's own words."""
    text = page(project, "docs/procedure.md").partition("## What the page leaves open")[2].partition("\n##")[0]

    assert [rule.id for rule in RULES if rule.id.startswith("A")] == re.findall(r"^\| (A\d+) \|", text, re.MULTILINE)


def pages_of(project: Path) -> list[Path]:
    """Every page of the documentation."""
    apart = {"_build", "examples"}  # what is built, and what is copied
    return sorted(path for path in (project / "docs").rglob("*.md") if apart.isdisjoint(path.parts))


def test_every_page_is_in_the_table_of_contents(project: Path) -> None:
    """No page is left out of the index, or of the page that it belongs to."""
    docs = project / "docs"
    listed = [
        (path.parent / name).relative_to(docs).as_posix()
        for path in pages_of(project)
        for tree in re.findall(r"```{toctree}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
        for name in re.findall(r"^[\w/-]+$", tree, re.MULTILINE)
    ]

    every = [path.relative_to(docs).with_suffix("").as_posix() for path in pages_of(project)]
    assert sorted({*every} - {"index"}) == sorted(listed)


def test_the_reference_has_every_name_of_the_face(project: Path) -> None:
    """Each class and function of the package's face is on the page of its room, everything else by name."""
    lost = []
    for room in teleprocedures._ROOMS:
        text = page(project, f"docs/reference/{room}.md")
        data = set(re.findall(r"py:data:: (\w+)", text))
        assert f".. automodule:: teleprocedures.{room}\n" in text
        lost += [
            name
            for name in importlib.import_module(f"teleprocedures.{room}").__all__
            if name not in data and not callable(getattr(teleprocedures, name)) and name != "catalogue"
        ]

    assert [] == lost


def test_references_of_the_pages_lead_somewhere(project: Path) -> None:
    """Every cross-reference of a page to the library names something public that is there."""
    lost = [
        f"{path.name}: {target}"
        for path in pages_of(project)
        for target in re.findall(r"\{py:\w+\}`(?:[^`<]*<)?~?(teleprocedures[\w.]*)>?`", path.read_text("utf-8"))
        if "._" in target or not resolves(target)
    ]

    assert [] == lost


def resolves(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            # A field of an attrs class without a default is no attribute of the class.
            if attrs.has(found) and attribute in attrs.fields_dict(found):
                return True
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def test_links_between_pages_lead_somewhere(project: Path) -> None:
    """Every relative link of the guides and of the pages is a file of the project."""
    pages = [*(project / name for name in GUIDES), *pages_of(project)]
    lost = [
        f"{path.name}: {target}"
        for path in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)\s]*\)", path.read_text("utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]

    assert [] == lost


def test_files_that_the_pages_name_are_there(project: Path) -> None:
    """Every test, program and file of data that a guide or a page names by its path exists."""
    pages = [*(project / name for name in GUIDES), *pages_of(project)]
    lost = [
        f"{path.name}: {named}"
        for path in pages
        for named in re.findall(r"`((?:tests|docs)/[\w./-]+)`", path.read_text("utf-8"))
        if not (project / named).exists()
    ]

    assert [] == lost


def test_nothing_is_installed_by_a_name_that_nobody_has_reserved(project: Path) -> None:
    """A page installs the folder of a clone or the wheel of this version; only the checklist says what comes later."""
    ours = re.compile(
        rf"(?:\./teleprocedures|teleprocedures-{re.escape(teleprocedures.__version__)}-py3-none-any\.whl)\b"
    )
    pages = [*(project / name for name in GUIDES), *(project / "docs").rglob("*.md"), *PACKAGE.rglob("*.py")]
    lines = [
        f"{path.name}: {line}"
        for path in pages
        if path.name != "support.md"
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"pip install [^`]*teleprocedures", line)
    ]

    assert len(lines) >= 18
    assert [] == [line for line in lines if not ours.search(line)]


def test_a_block_that_installs_a_clone_enters_it_before_its_files_are_named(project: Path) -> None:
    """The clone is installed from the folder that holds it, and paths such as `docs/examples` begin inside."""
    wrong = [
        f"{path.name}: {line}"
        for path in (project / "docs").rglob("*.md")
        for block in re.findall(r"^```console\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        if "pip install" in block
        for before, line in [block.partition("docs/examples")[::2]]
        if line and "$ cd teleprocedures" not in before and "teleprocedures/" not in before.splitlines()[-1]
    ]

    assert [] == wrong


def test_the_readme_opens_with_a_short_example(project: Path) -> None:
    """The first block of the README is an example of at most 20 lines of code, and it is run with the pages."""
    block = re.search(r"```python\n(.*?)```", page(project, "README.md"), re.DOTALL)
    typed = [line for line in block[1].splitlines() if line.startswith((">>> ", "... "))]

    assert 10 <= len(typed) <= 20


def rooms_of(text: str) -> list[str]:
    """The rooms that have a line in the rooms' table of the contributors' guide."""
    table = text.partition("## The rooms")[2].partition("\n##")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def test_the_guide_has_every_room(project: Path) -> None:
    """The table of the rooms has one line for each package and module of the library, and none for anything else."""
    parts = (path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())

    assert sorted(set(parts) - {"__init__"}) == sorted(rooms_of(page(project, "CONTRIBUTING.md")))


def test_the_guide_has_a_place_for_every_rule(project: Path, generate: ModuleType) -> None:
    """The line of a rule's guess names the file in which the rule is found in the code."""
    table = page(project, "CONTRIBUTING.md").partition("## Where a rule goes")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| ") and "`" in line]
    order = [rule.id for rule in RULES]
    guessed: dict[str, str] = {}
    for ids, where in rows:
        for first, last in re.findall(r"([0-3]\.\d+|[AF]\d+)(?: to ([0-3]\.\d+|[AF]\d+))?", ids):
            for id in order[order.index(first) : order.index(last or first) + 1]:
                guessed[id] = where

    enforced = generate.enforced()
    wrong = {id: where for id, where in guessed.items() if not any(f"`{path}`" in where for path, _ in enforced[id])}
    assert order == sorted(guessed, key=order.index)
    assert {} == wrong


def test_the_readme_has_the_two_commands_and_a_diagram(project: Path) -> None:
    """Whoever comes new finds what to run, and the three steps at a glance."""
    text = page(project, "README.md")

    assert "```mermaid\n" in text
    assert re.search(r"^\$ make demo\b", text, re.MULTILINE)
    assert re.search(r"^\$ make test\b", text, re.MULTILINE)


# --- Docstrings -------------------------------------------------------------------------------------------------------


def modules() -> list[ModuleType]:
    """Every module of the package, but for the adapters to what is not installed, which are called like it."""
    found = [info.name for info in pkgutil.walk_packages(teleprocedures.__path__, "teleprocedures.")]
    lacking = {name for name in found if re.match(r".*\.contrib\.[a-z]", name) and not find_spec(name.split(".")[2])}
    return [teleprocedures, *(importlib.import_module(name) for name in found if name not in lacking)]


def documented() -> Iterator[tuple[str, str | None, object]]:
    """Every public module, class, function, method and property, with its own docstring."""
    for module in modules():
        yield module.__name__, module.__doc__, module
        for name, value in own(module, module.__name__):
            yield f"{module.__name__}.{name}", value.__doc__, value
            for member, function in own(value, module.__name__) if inspect.isclass(value) else ():
                yield f"{module.__name__}.{name}.{member}", function.__doc__, function


def own(holder: object, module: str) -> Iterator[tuple[str, object]]:
    """The public functions and classes that this module or class defines itself."""
    for name, thing in vars(holder).items():
        value = unwrapped(thing)
        written = inspect.isfunction(value) or inspect.isclass(value)
        if written and not name.startswith("_") and value.__module__ == module:
            yield name, value


def unwrapped(thing: object) -> object:
    """The function under a property, a class method or a static method."""
    if isinstance(thing, property):
        return thing.fget
    return thing.__func__ if isinstance(thing, (classmethod, staticmethod)) else thing


def test_everything_public_has_a_docstring() -> None:
    """One sentence at least, which is more than a repetition of the name."""
    poor = [
        name
        for name, text, _ in documented()
        if not text or len(text.split()) < 2 or text.split("\n\n")[0].rstrip().strip("`")[-1] not in ".:;…"
    ]

    assert [] == poor


def test_what_raises_says_so() -> None:
    """Whatever public function has a `raise` of its own names the error in its docstring."""
    silent = [
        name
        for name, text, thing in documented()
        # A function that another one wrote has no source.
        if inspect.isfunction(thing) and thing.__code__.co_filename != "<string>"
        if raised_by(thing) - {"AssertionError", "NotImplementedError"}
        and not re.search(r"Error\b|[Rr]aises|[Rr]efuse", text or "")
    ]

    assert [] == silent


def raised_by(function: object) -> set[str]:
    """What the `raise` statements of a function raise, by the names in its source; those of inner functions aside."""
    source = inspect.getsource(function)
    indent = len(source) - len(source.lstrip())
    (outer,) = ast.parse("\n".join(line[indent:] for line in source.splitlines())).body
    found, todo = set(), list(ast.iter_child_nodes(outer))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            found.add(getattr(raised, "id", getattr(raised, "attr", "")))
        if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
            todo += ast.iter_child_nodes(node)
    return found


@pytest.mark.parametrize("kind", VERBS_OF, ids=lambda kind: kind.kind)
def test_a_verb_says_what_it_raises_and_its_rule(kind: type) -> None:
    """Each verb of a snapshot names its refusals, and those of a kind of case the rules that they follow."""
    verbs = {
        name: function.__doc__
        for name, function in own(kind, kind.__module__)
        if str(function.__annotations__.get("return")).startswith("Decision") and "at" in function.__annotations__
    }

    assert len(verbs) >= 2
    assert [] == [name for name, text in verbs.items() if "Raises" not in text]
    assert [] == [name for name, text in verbs.items() if kind is not Snapshot and not RULE_ID.search(text)]


@pytest.mark.parametrize("portal", [Portal, AsyncPortal])
def test_the_portal_says_what_its_verbs_raise_and_their_rules(portal: type) -> None:
    """The class says once what all its verbs raise; each verb that has rules cites them."""
    free = {"carry_out", "remind", "resend"}
    verbs = {
        name: function.__doc__
        for name, function in inspect.getmembers(portal, callable)
        if not name.startswith("_") and name not in free
    }

    assert len(verbs) >= 15
    assert "raises" in Portal.__doc__
    assert [] == [name for name, text in verbs.items() if not RULE_ID.search(text)]


def test_docstrings_cite_rules_that_exist() -> None:
    """An id in a docstring is one of the rulebook's."""
    ids = {rule.id for rule in RULES}
    cited = {
        (name, id)
        for name, text, _ in documented()
        for group in re.findall(r"(?:rules?|\() ?((?:(?:[0-3]\.\d+|A\d+|F\d+)(?:, | and | to )?)+)", text or "")
        for id in RULE_ID.findall(group)
    }

    assert set() == {(name, id) for name, id in cited if id not in ids}
    assert len(cited) > 50


# --- Figures ----------------------------------------------------------------------------------------------------------


def test_the_figures_of_the_trust_page_that_the_tests_know(project: Path) -> None:
    """How many rules, dated cases and combinations of guards there are: no more and no fewer than the page says."""
    combinations = importlib.import_module("tests.core.test_differential").combinations
    text = page(project, "docs/trust.md")
    tried = sum(1 for lifecycle in shipped() for _ in combinations(lifecycle))
    dated = len(page(project, "tests/deadlines.csv").splitlines()) - 1

    assert f"| {len(RULES)} rules |" in text
    assert f"| the {dated} dated cases of `tests/deadlines.csv` |" in text
    assert f"| {tried} combinations of a state, a trigger and what its guards answer" in text


def test_every_word_is_on_the_page_of_its_language(project: Path) -> None:
    """Each key of the words stands on the page of each language, with what it says under it."""
    for name, words in (("words-fr", FRENCH), ("words-en", ENGLISH)):
        lines = (project / "docs" / f"{name}.md").read_text("utf-8").splitlines()

        assert [] == [key for key in words.words if key not in lines]
        assert [] == [line for line in lines if "None" in line.replace("NoneType", "")]
