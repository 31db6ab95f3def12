"""What the page of the playground asks is answered by Python: without a browser, in the Python that runs the tests."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import gather
import pytest
from playground import VERBS, WORDS, Playground

HERE = Path(gather.__file__).parent
HTML = (HERE / "index.html").read_text("utf-8")
SPACE = {
    "email": "camille@cabinet-durand.fr",
    "password": "correct horse battery staple",
    "first_name": "Camille",
    "last_name": "Durand",
    "organisation": "732 829 320",
    "contact": {"phone": "01 23 45 67 89", "street": "12 rue des Lilas", "postal_code": "75019", "city": "Paris"},
    "security_question": "Votre école ?",
    "security_answer": "Les Lilas",
}
IBAN = "FR76 3000 6000 0112 3456 7890 189"
REQUEST = {
    "organisation": "552 100 554",
    "services": ["payer-tva", "messagerie"],
    "company_email": "contact@boulangerie-martin.fr",
    "bank_accounts": [IBAN],
    "applicant": "third_party",
}


class Asked:
    """A playground that is asked as a page asks it."""

    def __init__(self):
        self.playground = Playground()

    def __call__(self, verb, language="fr", **given):
        """Ask, and tell what was said of it."""
        asked = json.dumps({"do": verb, "language": language, "given": given})
        self.answer = json.loads(self.playground.answer(asked))
        return self.answer["said"]

    @property
    def secret(self):
        """The code or the token of the newest message."""
        return self.answer["mails"][0]["secret"]


@pytest.fixture
def ask():
    """A playground with no case."""
    return Asked()


def with_services(ask):
    """Up to the services."""
    ask("create", **SPACE)
    ask("activate", code=ask.secret)
    ask("request", **REQUEST)
    ask("confirm", code=ask.secret)
    ask("enter", code=ask.secret)


def names(kind, text=HTML):
    """What an attribute of the page's elements names."""
    return set(re.findall(rf'data-{kind}="([^"]+)"', text))


def texts(language):
    """The keys of the page's own texts in a language."""
    text = (HERE / "texts.js").read_text("utf-8")
    part = re.search(rf"^  {language}: {{\n(.*?)^  }},$", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^    (\w+):", part[1], re.MULTILINE)


# --- The page and its Python know each other --------------------------------------------------------------------------


def test_each_verb_of_the_page_is_one_of_python(ask):
    """A form or a button asks for what can be asked, and nothing has neither but what choices and languages ask for."""
    assert set(VERBS) - {"view", "show"} == names("do")
    ask("view")
    assert names("verb") <= set(ask.answer["verbs"])
    assert names("needs") <= set(ask.answer["verbs"])
    assert names("field") <= set(ask.answer["fields"])


def test_the_page_has_its_texts_in_both_languages():
    """Each text that the page shows by a key is there in each language, in the same order."""
    code = (HERE / "playground.js").read_text("utf-8") + (HERE / "playground.py").read_text("utf-8")
    shown = names("say") | names("name") | set(re.findall(r'(?:text\(|"?key"?: )"(\w+)"', code))

    assert set(WORDS) == names("language")
    assert texts("en") == texts("fr")
    assert shown <= set(texts("en"))
    assert {"NoCaseError", "NoDeadlineError"} <= set(texts("en"))


def test_nothing_of_the_page_is_elsewhere():
    """No file of it names another host."""
    named = [
        (name, found)
        for name in gather.PAGE
        for found in re.findall(r"(?:https?:)?//[a-z][\w.]*\.\w+", (HERE / name).read_text("utf-8"))
    ]

    assert [] == named


# --- Asked ------------------------------------------------------------------------------------------------------------


def test_the_three_steps_and_a_payment(ask):
    """From the form to a payment that passes; what was done is said, and the case that is shown stands there."""
    with_services(ask)
    assert "services activés" in ask.answer["shown"]["status"]
    refused = ask("pay", service="payer-tva", account=IBAN)
    for verb, given in (("issue", {"account": IBAN}), ("sign", {"signatory": "representative"}), ("send", {})):
        assert "done" == ask(verb, **given)["tone"]
    ask("register")

    assert ("refused", "payment.no_mandate") == (refused["tone"], refused["code"])
    assert {"tone": "done", "key": "passes"} == ask("pay", service="payer-tva", account=IBAN)
    assert "done" == ask("collect")["tone"]
    assert 3 == len(ask.answer["cases"])


@pytest.mark.parametrize(("moments", "code"), [(0, None), (1, "deadline.passed")])
def test_the_clock_goes_to_the_last_instant_and_past_it(ask, moments, code):
    """At the last instant the code is taken; one microsecond later it is refused."""
    ask("create", **SPACE)
    secret = ask.secret
    ask("deadline", moments=moments, night=False)

    assert code == ask("activate", code=secret).get("code")


def test_the_night_lapses_what_is_due_where_it_is_wanted(ask):
    """Without it the clock only shows another time; what lapsed is renewed, with its letter and another account."""
    ask("create", **SPACE)
    ask("activate", code=ask.secret)
    ask("request", **REQUEST)
    assert {"tone": "done", "key": "time_passed"} == ask("advance", hours=48, night=False)
    assert "caduque" in ask("advance", hours=1, night=True)["text"]
    assert "done" == ask("renew")["tone"]
    ask("confirm", code=ask.secret)

    assert "letter.not_allowed" == ask("letter", edited="2024-04-01")["code"]
    assert "done" == ask("declare", account="FR14 2004 1010 0505 0001 3M02 606")["tone"]


def test_what_cannot_be_done_yet_is_said(ask):
    """A step before its case, a clock without a time limit, a form with problems at their fields."""
    assert "NoCaseError" == ask("activate", code="1234")["key"]
    assert "NoDeadlineError" == ask("deadline", moments=0, night=True)["key"]
    problems = ask("create", **SPACE | {"email": "camille", "contact": {"city": "Paris"}})["problems"]

    assert {"email", "contact.phone", "contact.postal_code", "contact.street"} == {it["field"] for it in problems}
    assert all(it["text"] for it in problems)


def test_a_reader_chooses_a_case_and_begins_anew(ask):
    """The next verbs are about the case that is shown; begun anew, there is none."""
    with_services(ask)
    first = ask.answer["cases"][0]["id"]
    ask("show", case=first)
    assert first == ask.answer["shown"]["id"]
    assert "begin" == ask("begin")["key"]

    assert (None, [], []) == (ask.answer["shown"], ask.answer["cases"], ask.answer["mails"])


def test_it_answers_in_the_language_that_is_asked(ask):
    """Steps and names of verbs are those of the language."""
    ask("create", "en", **SPACE)
    assert "rule 1.9" in ask.answer["steps"][0]
    ask("view")

    assert "règle 1.9" in ask.answer["steps"][0]
    assert "activer l'espace" == ask.answer["verbs"]["space.activate"]


def test_python_is_run_with_prompts_and_without(ask):
    """What a program prints and what its expressions are; names stay, and an error is the last line."""
    assert "1\n2\n" == ask("run", program=">>> x = 1\n>>> for it in (x, 2):\n...     print(it)\n1\n2\n")["printed"]
    assert "3\n" == ask("run", program="x + 2")["printed"]
    assert "ZeroDivisionError: division by zero\n" == ask("run", program="1 / 0\nprint(1)")["printed"]


# --- Gathered ---------------------------------------------------------------------------------------------------------


def test_what_the_page_never_asks_for_is_left_out(tmp_path):
    """Of a wheel, what is needed stays, and so do the programs of the page."""
    stays = {"pycountry/databases/iso3166-1.json", "stdnum/fr/siren.py", "x-1.dist-info/METADATA"}
    goes = {"pycountry/locales/fr/a.mo", "dns/resolver.py", "stdnum/us/ssn.py", "a/b.pyi", "x-1.dist-info/RECORD"}
    with ZipFile(tmp_path / "some.whl", "w") as wheel:
        for name in sorted(stays | goes):
            wheel.writestr(name, name)
    gather.pack(tmp_path / "packages.zip", [tmp_path / "some.whl"])

    assert stays | set(gather.PROGRAMS) == set(ZipFile(tmp_path / "packages.zip").namelist())


def test_it_weighs_what_is_there(tmp_path):
    """Each file with its weight, the page's together, and all in all."""
    for name in (*gather.PAGE, "packages.zip"):
        (tmp_path / name).write_bytes(b"0" * 1_000_000)

    assert "| the page | 5.00 | 0.00 |" in gather.sizes(tmp_path)
    assert gather.sizes(tmp_path).endswith("| in all | 6.00 | 0.01 |")


def test_a_missing_tool_is_said(tmp_path):
    """What is not on the machine, and what a tool says when it fails."""
    with pytest.raises(gather.MissingError, match="no-such-tool is not on this machine"):
        gather.run("no-such-tool", into=tmp_path)
    with pytest.raises(gather.MissingError, match=r"ls failed: .*nowhere"):
        gather.run("ls", "nowhere", into=tmp_path)
