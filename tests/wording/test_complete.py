"""The words are complete, in both languages, with the same placeholders, and the French ones are French."""

import re
from string import Formatter

import attrs

from teleprocedures.cases import EVENTS, LIFECYCLES, MESSAGES, Action, Actor
from teleprocedures.core import Reason
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.portfolio import Standing
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, RULES
from teleprocedures.values import ContactDetails
from teleprocedures.wording import ENGLISH, FRENCH, Reader
from teleprocedures.words import ERROR_CODES, placeholders
from tests.builders import each

FAMILIES = (
    *("rule", "unit", "service", "lifecycle", "state", "verb", "form.name", "label", "company", "number", "requester"),
    *("applicant", "about", "message", "lapsed", "presumed", "if", "printed", "actor", "action", "thing", "person"),
    *("contradiction", "unknown", "step", "refusal", "problem", "form.cited", "check", "doubt"),
    *("bare", "otherwise", "representative", "reminder", "lapse", "kind", "capacity", "occurrence"),
    *(
        "type",
        "value",
        "signer",
        "reader",
        "stage",
        "ended",
        "follows",
        "refused",
        "standing",
        "story",
        "given",
        "reason",
        "finding",
    ),
    *("fact", "told", "note", "diligence", "digest", "errand", "status", "same", "opened"),
    *("judged", "differs", "withdrawn", "reality", "question", "looked", "answer", "asked", "explained"),
)
"""What keys begin with that are no codes of errors."""
SHIPPED = [LIFECYCLES[name] for name in ("space", "adhesion", "activation", "mandate")]
VALUES = {code.partition(".")[0] for code in ERROR_CODES if code.endswith(".too_long")}
DURATION = re.compile(r"\b(48|60|36|14)\b")


# --- Every key --------------------------------------------------------------------------------------------------------


def test_every_key_is_of_something():
    """Both languages have the same keys; each is a code of an error, or of a family that these tests know."""
    assert set(ENGLISH.words) == set(FRENCH.words)
    for key in sorted(ENGLISH.words):
        assert key in ERROR_CODES or key.startswith(tuple(f"{family}." for family in FAMILIES)) or key in FAMILIES, key


@each("words", ENGLISH, FRENCH, ids=["english", "french"])
def test_everything_that_has_a_name_has_its_words(words):
    """Actors, actions, states, verbs, kinds of message, rules, services, forms and their fields, who asks."""
    messages = {message.kind for it in SHIPPED for message in it.messages} & set(MESSAGES)
    wanted = [
        *(f"actor.{actor}" for actor in Actor),
        *(f"action.{action}" for action in Action),
        *(f"lifecycle.{it.name}" for it in SHIPPED),
        *(f"state.{it.name}.{state}" for it in SHIPPED for state in it.states),
        *(f"verb.{verb}" for it in SHIPPED for verb in it.verbs),
        *(f"fact.{kind}" for kind, event in EVENTS.items() if event.__module__.startswith("teleprocedures.")),
        *(f"occurrence.{kind}" for kind, event in EVENTS.items() if event.__module__.startswith("teleprocedures.")),
        *(f"kind.{kind.__name__}" for it in SHIPPED for kind in it.messages),
        *(f"reason.{reason}" for reason in Reason),
        *(f"stage.{it.name}.{stage}" for it in SHIPPED for stage in (*it.states, "presumed")),
        *(f"ended.{state}" for it in SHIPPED for state in it.terminal if state in it.chain[-1].states),
        *(f"follows.{it.name}.{state}" for it in SHIPPED for state in it.states if it.then(state) is None),
        *(f"follows.{row.after.__name__}" for it in SHIPPED for row in it.rows if row.after),
        *(f"standing.{standing}" for standing in Standing),
        *(f"reader.{reader}.{actor}" for reader in Reader for actor in Actor),
        *(f"value.{kind}" for kind in sorted(VALUES)),
        *(f"message.{kind}.{part}" for kind in messages for part in ("subject", "body")),
        *(f"rule.{rule.id}" for rule in RULES),
        *(f"service.{code}" for code in CATALOGUE),
        *(f"unit.{unit}" for rule in EXPERT_2024_04_03.rules for _, unit in rule.limits.values()),
        *(f"form.name.{form.__name__}" for form in (SpaceForm, AdhesionForm)),
        *(f"label.{field.name}" for it in (SpaceForm, AdhesionForm, ContactDetails) for field in attrs.fields(it)),
        *(f"{family}.{applicant}" for family in ("applicant", "person", "capacity") for applicant in Applicant),
        *(f"if.{it.cites(it.lapsed)}" for it in SHIPPED if it.lapsed),
    ]

    assert [] == [key for key in wanted if not words.words.get(key)]


def test_no_time_limit_is_written_out():
    """Durations are the rulebook's: rules have the limits of their line, messages say days that were computed."""
    for rule in EXPERT_2024_04_03.rules:
        for words in (ENGLISH, FRENCH):
            assert set(placeholders(rule.line)) == set(placeholders(words.words[f"rule.{rule.id}"])), rule.id
    written = ("message.", "if.", "about.", "step")
    for words, families in ((ENGLISH, written), (FRENCH, (*written, "rule."))):
        assert [] == [key for key, text in words.words.items() if key.startswith(families) and DURATION.search(text)]


@each("lifecycle", *SHIPPED, ids=lambda it: it.name)
def test_the_glossary_calls_states_the_same(lifecycle, project):
    """The page of the procedure and the table have one French word for a state."""
    text = (project / "docs" / "procedure.md").read_text("utf-8").partition("### States")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "`" in line]
    found, current = {}, ""
    for case, state, french, *_ in rows:
        current = case or current
        found[current, state.strip("`")] = french

    assert {(lifecycle.name, state): FRENCH.state(state) for state in lifecycle.states} == {
        (of, state): french for (of, state), french in found.items() if of == lifecycle.name
    }


# --- The French is French ---------------------------------------------------------------------------------------------

_SHARED = """
    a activation active bits catalogue client code codes date de document expert france i instant international l
    message messages mode o on or paris passes pays place possible postal question s service services signature
    siren site source structure type urgent validation version z zone
"""
SHARED = frozenset(_SHARED.split())
"""Words of both languages, read one by one."""
SITE = frozenset(
    ["activez", "adhère", "bancaires", "comptes", "espace", "gérer", "j", "les", "mes", "services", "votre"]
)
"""What there is to click on is called as on the site, in English too."""
NAMES = frozenset(["cost", "file", "install", "parallelism", "pip", "scrypt", "tzdata"])
"""What a program has to be given is called as the program calls it."""
_OF_PROGRAMS = re.compile(r"[=_*$@/<>\[\]\\]|[a-z][A-Z]|[A-Z]{2}|\d")


def vocabulary(words):
    """The words that templates have, without placeholders and what only programs read."""
    found = set()
    for key, template in words.words.items():
        # English labels of services are the site's, which are French.
        for written, _, spec, _ in () if key.startswith("service.") else Formatter().parse(template):
            for text in (written, (spec or "").replace("|", " ") if "|" in (spec or "") else ""):
                chunks = (chunk for chunk in text.split() if not _OF_PROGRAMS.search(chunk))
                found |= {word for chunk in chunks for word in re.findall(r"[^\W\d_]+", chunk.lower())}
    return found


def test_no_english_is_left_in_the_french():
    """A word that the English has too is French, or the name of something."""
    assert set() == (vocabulary(ENGLISH) & vocabulary(FRENCH)) - SHARED - SITE - NAMES
    assert vocabulary(FRENCH) >= SHARED | NAMES


ANGLICISMS = re.compile(
    r"\b(email|e-mail|mail|login|deadline|valide jusqu|digital|supporter|initier|renew)\b", re.IGNORECASE
)


def test_the_typography_is_french():
    """No-break spaces where a line must not end, « » closed, no typewriter's quotes, accents on capitals."""
    for key in sorted(FRENCH.words):
        text = re.sub(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "X", FRENCH.words[key])
        prose = " ".join(chunk for chunk in text.split(" ") if "=" not in chunk and "$" not in chunk)

        amiss = (
            re.search(r" [:;!?»](\s|$)|« | »", prose),
            re.search(r"[^\s\N{NO-BREAK SPACE}][:;!?](\s|$)", prose.replace("siren:", "").replace("file:", "")),
            text.count("«") != text.count("»"),
            re.search(r"[\"\N{RIGHT SINGLE QUOTATION MARK}]|\.\.\.|\b(A faire|Etat|Edit|Ecrit|Evit)", text),
        )

        assert not any(amiss), (key, amiss)
        assert not ANGLICISMS.search(text), key


def test_what_follows_a_colon_starts_small():
    """Sentences of errors and rules begin with no capital, but for an acronym, and end with no full stop."""
    for key in sorted(ERROR_CODES | {key for key in FRENCH.words if key.startswith("rule.")}):
        text = FRENCH.words[key]

        assert not text[0].isupper() or text[1].isupper(), key
        assert not text.endswith((".", " ")), key
