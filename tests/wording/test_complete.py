"""The words are complete, in both languages, with the same placeholders, and the French ones are French."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import attrs
import pytest

import teleprocedures
from teleprocedures.cases import KINDS, LIFECYCLES, MESSAGES, Action, Actor
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, RULES
from teleprocedures.values import ContactDetails
from teleprocedures.wording import ENGLISH, FRENCH, Wording
from teleprocedures.words import ERROR_CODES, placeholders

PACKAGE = Path(teleprocedures.__file__).parent
FAMILIES = (
    *("rule", "unit", "service", "lifecycle", "state", "verb", "form.name", "label", "company", "number", "requester"),
    *("applicant", "about", "message", "lapsed", "presumed", "if", "printed", "actor", "action", "thing", "person"),
    *("contradiction", "unknown", "step", "refusal", "problem"),
)
"""What keys begin with that are no codes of errors."""
both = pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["english", "french"])


# --- Every key --------------------------------------------------------------------------------------------------------


def test_the_keys_are_the_same() -> None:
    """What has English words has French ones, rules included, and the other way round."""
    assert set(ENGLISH.words) == set(FRENCH.words)


def test_every_key_is_of_something() -> None:
    """A key is a code of an error, or of a family that these tests know."""
    for key in sorted(ENGLISH.words):
        assert key in ERROR_CODES or key.startswith(tuple(f"{family}." for family in FAMILIES)) or key in FAMILIES, key


def pattern_of(node: ast.expr) -> str:
    """A text written in the code, as a regular expression: anything for each value in it."""
    match node:
        case ast.Constant(value=str() as text):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(map(pattern_of, parts))
        case _:
            return "[a-z0-9_]+"


def codes_written() -> Iterator[tuple[str, str]]:
    """The codes of errors and problems that the library's code makes, each with where."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                place = {"Problem": 1, "note": 1}.get(called, 0 if called.endswith("Error") else None)
                if place is not None and len(node.args) > place:
                    code = pattern_of(node.args[place])
                    if re.fullmatch(r"[a-z\[][^ .]*\\\.[^ .]+", code) and code.count(r"\.") == 1:
                        yield code, f"{path.relative_to(PACKAGE)}:{node.lineno}"


@both
def test_every_code_that_is_raised_has_its_words(words: Wording) -> None:
    """Codes written in the code of the library, those that are composed there too."""
    found = dict(codes_written())

    assert len(found) > 60
    assert {} == {
        code: where for code, where in found.items() if not any(re.fullmatch(code, known) for known in words.words)
    }


@both
def test_everything_that_has_a_name_has_its_words(words: Wording) -> None:
    """Actors, actions, states, verbs, kinds of message, rules, services, forms and their fields, who asks."""
    wanted = [
        *(f"actor.{actor}" for actor in Actor),
        *(f"action.{action}" for action in Action),
        *(f"lifecycle.{name}" for name in ("space", "adhesion", "activation", "mandate")),
        *(f"state.{it.name}.{state}" for it in shipped() for state in it.states),
        *(f"verb.{it.name}.{verb}" for it in shipped() for verb in it.verbs),
        *(f"message.{kind}.{part}" for kind in shipped_messages() for part in ("subject", "body")),
        *(f"rule.{rule.id}" for rule in RULES),
        *(f"service.{code}" for code in CATALOGUE),
        *(f"unit.{unit}" for rule in EXPERT_2024_04_03.rules for _, unit in rule.limits.values()),
        *(f"form.name.{form.__name__}" for form in (SpaceForm, AdhesionForm)),
        *(f"label.{field.name}" for it in (SpaceForm, AdhesionForm, ContactDetails) for field in attrs.fields(it)),
        *(f"applicant.{applicant}" for applicant in Applicant),
        *(f"person.{applicant}" for applicant in Applicant),
        *(f"if.{lifecycle.cites(lifecycle.lapsed)}" for lifecycle in LIFECYCLES.values() if lifecycle.lapsed),
    ]

    assert [] == [key for key in wanted if not words.words.get(key)]


def shipped() -> list:
    """The lifecycles of the kinds of case that are shipped."""
    return [LIFECYCLES[name] for name in ("space", "adhesion", "activation", "mandate")]


def shipped_messages() -> list[str]:
    """The kinds of message that the shipped lifecycles send."""
    kinds = (message.kind for it in shipped() for message in it.messages)
    return [kind for kind in dict.fromkeys(kinds) if kind in MESSAGES]


def test_the_shipped_kinds_are_these() -> None:
    """Three kinds of case and five kinds of message: a new one has to be put into words."""
    assert {"space", "adhesion", "mandate"} <= set(KINDS)
    assert 5 == len(shipped_messages())


@pytest.mark.parametrize("id", [rule.id for rule in RULES])
def test_a_rule_has_the_limits_of_its_line(id: str) -> None:
    """No duration stands in the words of a rule: it is the rulebook's."""
    line = EXPERT_2024_04_03.rule(id).line

    for words in (ENGLISH, FRENCH):
        assert set(placeholders(line)) == set(placeholders(words.words[f"rule.{id}"]))
    assert not re.search(r"\b(48|60|36|14)\b", FRENCH.words[f"rule.{id}"])


@both
def test_no_time_limit_is_written_in_a_message(words: Wording) -> None:
    """A host's rulebook may have others: messages say days and hours that were computed."""
    written = {key: text for key, text in words.words.items() if key.startswith(("message.", "if.", "about.", "step"))}

    assert {} == {key: text for key, text in written.items() if re.search(r"\b(48|60|36|14)\b", text)}


@pytest.mark.parametrize("lifecycle", ["space", "adhesion", "activation", "mandate"])
def test_the_glossary_calls_states_the_same(lifecycle: str, project: Path) -> None:
    """The page of the procedure and the table have one French word for a state."""
    text = (project / "docs" / "procedure.md").read_text("utf-8").partition("### States")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "`" in line]
    found, current = {}, ""
    for case, state, french, *_ in rows:
        current = case or current
        found[current, state.strip("`")] = french

    assert {state: FRENCH.state(state) for state in LIFECYCLES[lifecycle].states} == {
        state: french for (of, state), french in found.items() if of == lifecycle
    }


# --- The French is French ---------------------------------------------------------------------------------------------

_SHARED = """
    a activation active bic bits catalogue code codes date de document expert france i iban instant international l long
    message messages mode o on or paris passes pays place possible postal question s service services signature siren
    site structure type validation version z zone
"""
SHARED = frozenset(_SHARED.split())
"""Words of both languages, read one by one."""
NAMES = frozenset(["cost", "file", "install", "parallelism", "pip", "scrypt"])
"""What a program has to be given is called as the program calls it."""
_OF_PROGRAMS = re.compile(r"[=_*$@/<>\[\]\\]|[a-z][A-Z]|[A-Z]{2}|\d")


def vocabulary(words: Wording) -> set[str]:
    """The words that templates have, without placeholders and what only programs read."""
    found = set()
    for key, template in words.words.items():
        # English labels of services are the site's, which are French.
        for written, _, spec, _ in () if key.startswith("service.") else Formatter().parse(template):
            for text in (written, (spec or "").replace("|", " ") if "|" in (spec or "") else ""):
                chunks = (chunk for chunk in text.split() if not _OF_PROGRAMS.search(chunk))
                found |= {word for chunk in chunks for word in re.findall(r"[^\W\d_]+", chunk.lower())}
    return found


def test_no_english_is_left_in_the_french() -> None:
    """A word that the English has too is French, or the name of something."""
    assert set() == (vocabulary(ENGLISH) & vocabulary(FRENCH)) - SHARED - NAMES
    assert vocabulary(FRENCH) >= SHARED | NAMES


ANGLICISMS = (
    "email",
    "e-mail",
    "mail",
    "login",
    "deadline",
    "valide jusqu",
    "digital",
    "supporter",
    "initier",
    "renew",
)


def test_the_typography_is_french() -> None:
    """No-break spaces where a line must not end, « » closed, no typewriter's quotes, accents on capitals."""
    for key in sorted(FRENCH.words):
        text = re.sub(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "X", FRENCH.words[key])
        prose = " ".join(chunk for chunk in text.split(" ") if "=" not in chunk and "$" not in chunk)

        assert not re.search(r" [:;!?»](\s|$)|« | »", prose), key
        assert not re.search(
            r"[^\s\N{NO-BREAK SPACE}][:;!?](\s|$)", prose.replace("siren:", "").replace("file:", "")
        ), key
        assert text.count("«") == text.count("»"), key
        assert '"' not in text, key
        assert "\N{RIGHT SINGLE QUOTATION MARK}" not in text, key
        assert "..." not in text, key
        assert not re.search(r"\b(A faire|Etat|Edit|Ecrit|Evit)", text), key
        assert not any(re.search(rf"\b{word}\b", text.lower()) for word in ANGLICISMS), key


def test_what_follows_a_colon_starts_small() -> None:
    """Sentences of errors and rules begin with no capital, but for an acronym, and end with no full stop."""
    for key in sorted(ERROR_CODES | {key for key in FRENCH.words if key.startswith("rule.")}):
        text = FRENCH.words[key]

        assert not text[0].isupper() or text[1].isupper(), key
        assert not text.endswith((".", " ")), key
