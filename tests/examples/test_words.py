"""The words of the night: both languages complete, with the same facts, and the French printed as French is."""

from __future__ import annotations

import re

import pytest
from paths import EXAMPLES
from words import LANGUAGES, WORDS, Reason, SaidError, explained, rules_of

from teleprocedures import EXPERT_2024_04_03, AdhesionForm, InvalidFormError, InvalidValueError, Siren
from teleprocedures.wording import ENGLISH, FRENCH
from teleprocedures.words import placeholders

SHORTER = (
    "actor.",
    "action.",
    "service.",
    "fact.adhesion-requested",
    "fact.mandate-issued",
    "company_email.missing",
    "bank_accounts.missing",
    "services.not_allowed",
)
"""What the library has words for too: the night says it shorter."""
_EVERYWHERE = """
    accent all avis client site ods page TOML xlsx
    CFE code Consulter CSV CVAE date Dates document help host instant INSTANT lang long message Messagerie
    Messages name options Paris PAS pay Payer plausible possible postgresql service SERVICE services SQLite TVA URL user
    SIREN UTF version XXX
"""
EVERYWHERE = frozenset(_EVERYWHERE.split())
"""Words of both languages: the site's labels, names of options, and what is spelt alike."""


@pytest.mark.parametrize("key", sorted(WORDS))
def test_the_placeholders_are_the_same(key):
    """Both languages say the same facts."""
    assert set(placeholders(WORDS[key].fr)) == set(placeholders(WORDS[key].en))


def test_nothing_of_the_library_is_said_otherwise_by_accident():
    """A key of the night is the night's, but for those that are there to say it shorter."""
    known = {key for key in WORDS if key in ENGLISH.words}

    assert known == {key for key in WORDS if key.startswith(SHORTER)}
    assert known <= set(FRENCH.words)


def test_every_key_is_said_somewhere():
    """No words are kept that nothing says; a key may be put together of what it begins with and the rest."""
    code = "".join(path.read_text("utf-8") for path in EXAMPLES.glob("*/*.py") if path.name != "words.py")
    code += (EXAMPLES / "shared" / "words.py").read_text("utf-8").partition("LANGUAGES: Final")[2]
    composed = (
        "help.",
        "column.",
        "place.",
        "cells.",
        "file.",
        "document.",
        "unknown.",
        "database.",
        "firm.",
        "group.",
        "needed.",
        "need.",
        "heading.",
        "pressing.",
        "coming.",
        "by.",
        "each.line",
        "when.",
        "lapses.again",
        "asker.",
        "third_party",
        "end.messages_",
        "end.recorded",
        "mend.",
        "sheet.",
        "page.",
        "picture.",
    )

    assert set() == {key for key in WORDS if not key.startswith((*SHORTER, *composed)) and f'"{key}"' not in code}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_the_french_is_french(key):
    """No-break spaces where a line must not end, « » closed, no quotes of a program, and not what the English says."""
    text, english = (re.sub(r"\{[^{}]*\}", "X", LANGUAGES[code].words[key]) for code in ("fr", "en"))
    french_words, english_words = (set(re.findall(r"[^\W\d_]{3,}", it)) for it in (text, english))

    assert not re.search(r" [:;!?»](\s|$)|« | »", text)
    assert not re.search(r"[^\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}][:;!?](\s|$)", text)
    assert text.count("«") == text.count("»")
    assert '"' not in text
    assert "..." not in text
    assert "\N{RIGHT SINGLE QUOTATION MARK}" not in text
    assert set() == (french_words & english_words) - EVERYWHERE


def test_numbers_agree():
    """One autre, two autres; none is singular in French, and plural in English."""
    said = {count: explained(LANGUAGES["fr"], Reason("more", {"count": count})) for count in (0, 1, 2)}

    assert ["… et 0 autre", "… et 1 autre", "… et 2 autres"] == [
        it.partition("\N{NO-BREAK SPACE}:")[0].replace("\N{NO-BREAK SPACE}", " ") for it in said.values()
    ]


def test_a_reason_is_explained_by_who_knows_it():
    """The library's errors in its words, with their rules by id; the job's by its table; any other as it is."""
    try:
        AdhesionForm(organisation=Siren("552100554"), services=[])
    except InvalidFormError as error:
        form = error
    with pytest.raises(InvalidValueError) as value:
        Siren("552")
    problem = next(it for it in form.problems if it.rule is not None)
    french = LANGUAGES["fr"]

    assert "aucun service n'est choisi" in explained(french, form)
    assert explained(french, problem).endswith(f"(règle\N{NO-BREAK SPACE}{problem.rule.id})")
    assert (EXPERT_2024_04_03.rule("2.4"),) == rules_of(problem) == rules_of(form)
    assert explained(french, value.value).startswith("«\N{NO-BREAK SPACE}552\N{NO-BREAK SPACE}» compte")
    assert "la même demande figure à la ligne 3" == explained(french, SaidError("row.repeated", first="3"))
    assert "the same request stands on line 3" == str(SaidError("row.repeated", first="3"))
    assert "whatever" == explained(french, "whatever")
    assert () == rules_of("whatever")
