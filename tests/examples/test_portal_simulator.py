"""The simulator of the portal: the three steps over HTTP, refusals as problem details, and nothing for a fuzzer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from threading import Thread
from time import sleep

import attrs
import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from portal_bench import SPACE, PortalClient, RefusedByPortalError, SimulatorHost, started
from portal_simulator.api import create_app

from teleprocedures import EXPERT_2024_04_03, Hours
from teleprocedures.testing.conformance import THOROUGH, NonConformanceError, check_conformance
from teleprocedures.testing.strategies import (
    activation_codes,
    bank_accounts,
    email_addresses,
    file_numbers,
    link_tokens,
    person_names,
    sirens,
)

BENCH = Path(__file__).parents[2] / "docs" / "examples" / "bench"
MONDAY = datetime(2024, 5, 6, 9, tzinfo=UTC)
IBAN = "FR76 3000 6000 0112 3456 7890 189"
FORM = {"organisation": "404 833 048", "services": ["payer-tva"], "bank_accounts": [IBAN]}


@contextmanager
def served(app):
    """A client of an application, which answers over HTTP from a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        yield PortalClient(http)
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def running():
    """A client of a simulator in this process."""
    with served(create_app()) as portal:
        yield portal


@pytest.fixture
def portal(running):
    """A client of a simulator that is empty, on a Monday."""
    running.ask("DELETE", "/bench")
    running.move_clock(MONDAY)
    return running


@pytest.fixture
def space(portal):
    """An active space."""
    id = portal.ask("POST", "/spaces", SPACE)["id"]
    portal.ask("POST", f"/spaces/{id}/activation", {"code": portal.secrets(id)[-1]})
    return id


def refusal(portal, *asked, **query):
    """What the portal refuses."""
    with pytest.raises(RefusedByPortalError) as caught:
        portal.ask(*asked, **query)
    return caught.value


# --- The procedure ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.8", "2.1", "2.8", "2.10", "3.3", "3.5")
def test_the_whole_way(portal, space):
    """Create, sign in, activate, request with Messaging, confirm, receive the letter, report its day, activate."""
    portal.ask("POST", f"/spaces/{space}/sign-in", {"password": SPACE["password"]})
    form = FORM | {"services": ["payer-tva", "messagerie"], "company_email": "contact@acme.fr"}
    request = portal.ask("POST", f"/spaces/{space}/requests", form)["id"]
    assert "awaiting_email" == portal.ask("GET", f"/cases/{request}")["state"]
    portal.ask("POST", f"/requests/{request}/confirmation", {"token": portal.secrets(request)[-1]})
    portal.ask("POST", f"/requests/{request}/letter", {"edited": "2024-05-06"})
    given = {"code": portal.secrets(request)[-1], "space": space}
    held = portal.ask("POST", f"/requests/{request}/activation", given)

    assert ("active", ["payer-tva", "messagerie"]) == (held["state"], held["services"])
    kinds = [mail["kind"] for mail in portal.mail(request)]
    assert ["confirmation-link-email", "activation-code-letter"] == kinds
    assert 3 == len(portal.ask("GET", "/bench/mailbox"))


@pytest.mark.rule("2.16", "2.19", "2.20", "A17", "F1")
def test_accounts_mandates_and_payments(portal, space):
    """A payment is refused until the mandate of its account is registered, and passes then."""
    request = portal.ask("POST", f"/spaces/{space}/requests", FORM)["id"]
    given = {"code": portal.secrets(request)[-1], "space": space}
    portal.ask("POST", f"/requests/{request}/activation", given)
    other = "FR14 2004 1010 0505 0001 3M02 606"
    portal.ask("POST", f"/requests/{request}/accounts", {"account": other})
    mandate = portal.ask("POST", f"/requests/{request}/mandates", {"account": {"iban": other}})["id"]
    portal.ask("POST", f"/mandates/{mandate}/representative", {"name": "Jeanne Martin"})
    payment = {"service": "payer-tva", "account": other}
    before = refusal(portal, "POST", f"/requests/{request}/payments", payment)
    for step, sent in (("signature", {"signatory": "Jeanne Martin"}), ("sending", None), ("registration", None)):
        state = portal.ask("POST", f"/mandates/{mandate}/{step}", sent)["state"]
    again = {"service": "payer-tva", "account": IBAN}

    assert ("2.20", 409) == (before.rule, before.status)
    assert "registered" == state == portal.ask("POST", f"/mandates/{mandate}/collections")["state"]
    assert {"passes": True} == portal.ask("POST", f"/requests/{request}/payments", payment)
    assert "2.20" == refusal(portal, "POST", f"/requests/{request}/payments", again).rule


@pytest.mark.rule("1.9", "1.10", "2.11", "3.4", "A14", "A16")
def test_time(portal, space):
    """A test moves the clock: the night reminds and ends what is over, a late fact is told with its instant."""
    request = portal.ask("POST", f"/spaces/{space}/requests", FORM)["id"]
    portal.move_clock(MONDAY + timedelta(days=50))
    assert [request] == [case["id"] for case in portal.ask("POST", "/bench/night")]
    assert "reminder-email" == portal.mail(request)[-1]["kind"]
    portal.move_clock(MONDAY + timedelta(days=62))
    given = {"code": portal.secrets(request)[-1], "space": space}
    late = refusal(portal, "POST", f"/requests/{request}/activation", given)
    renewed = portal.ask("POST", f"/requests/{request}/renewal", {"space": space})["id"]
    told = portal.ask("POST", f"/requests/{request}/activation", given, at=(MONDAY + timedelta(days=9)).isoformat())

    assert ("deadline.passed", "3.4", "2024-07-05T21:59:59.999999+00:00") == (
        late.code,
        late.rule,
        late.facts["closes"],
    )
    assert ("active", "awaiting_code") == (told["state"], portal.ask("GET", f"/cases/{renewed}")["state"])
    portal.move_clock(MONDAY + timedelta(days=130))
    assert "lapsed" == portal.ask("POST", f"/bench/cases/{renewed}/lapse")["state"]
    portal.ask("DELETE", "/bench")
    assert [] == portal.ask("GET", "/bench/cases")
    assert {"at": "2024-04-03T08:00:00Z"} == portal.ask("GET", "/bench/clock")


# --- Refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("fr", "fr"),
        ("en-GB,fr;q=0.5", "en"),
        ("en;q=0.4, fr-FR;q=0.9", "fr"),
        ("de, en;q=x", "fr"),
        ("de,en;q=0.1", "en"),
    ],
)
@pytest.mark.rule("2.1")
def test_a_refusal_is_a_problem_in_the_language_that_is_asked_for(portal, space, asked, found):
    """A 409 has the media type of RFC 9457, the code, the rule, the facts, and words in French or English."""
    sent = {"password": "wrong"}
    answer = portal.http.post(f"/spaces/{space}/sign-in", json=sent, headers={"Accept-Language": asked})
    problem = answer.json()

    assert ("application/problem+json", found) == (answer.headers["content-type"], answer.headers["content-language"])
    assert (409, 409, "2.1", "urn:teleprocedures:" + problem["code"]) == (
        answer.status_code,
        problem["status"],
        problem["rule"],
        problem["type"],
    )
    other = portal.http.post(f"/spaces/{space}/sign-in", json=sent, headers={"Accept-Language": "en"}).json()
    assert (found == "en") is (problem["detail"] == other["detail"])
    assert "wrong" not in problem["detail"] + str(problem["facts"])


@pytest.mark.rule("2.7", "2.13")
def test_forms_that_are_refused_or_cannot_be_read(portal, space):
    """A form that is wrong is a 422, one that the procedure refuses a 409; each problem stands at its field."""
    wrong = FORM | {"organisation": "404 833 049", "bank_accounts": [IBAN[:-1] + "8"], "colour": "red"}
    unread = refusal(portal, "POST", f"/spaces/{space}/requests", wrong)
    refused = refusal(portal, "POST", f"/spaces/{space}/requests", {**FORM, "bank_accounts": []})

    assert {
        "/organisation": "siren.check_digit",
        "/bank_accounts/0": "iban.check_digits",
        "/colour": "field.unknown",
    } == {problem["pointer"]: problem["code"] for problem in unread.problems}
    assert (422, "request.invalid") == (unread.status, unread.code)
    assert (409, [("/bank_accounts", "2.13")]) == (
        refused.status,
        [(problem["pointer"], problem["rule"]) for problem in refused.problems],
    )
    assert "3000 6000" not in str(unread.details)


def test_what_is_not_there(portal, space):
    """An unknown case is a 404, a method that there is none of a 405, each as problem details."""
    known = refusal(portal, "POST", f"/requests/{space}/letter", {"edited": "2024-05-06"})
    nowhere, method = portal.http.get("/nowhere"), portal.http.patch("/spaces")

    assert (404, "case.unknown", {"id": space}) == (known.status, known.code, known.facts)
    for answer, status in ((nowhere, 404), (method, 405)):
        assert (status, status) == (answer.status_code, answer.json()["status"])
        assert "application/problem+json" == answer.headers["content-type"]
    for at in ("2024-05-06T09:00:00", "1492-10-12T09:00:00Z", 12):
        assert 422 == refusal(portal, "PUT", "/bench/clock", {"at": at}).status


def test_a_method_that_a_path_has_not_is_told_all_that_it_has(portal):
    """Those of each of its steps, and not of the first one alone."""
    answer = portal.http.options("/bench/clock")

    assert (405, "GET, PUT") == (answer.status_code, answer.headers["allow"])


def test_what_is_sent_is_bounded(portal, space):
    """A body of megabytes is not read to its end, and of thousands of mistakes the first are told."""
    keys = {f"k{number}": 1 for number in range(100_000)}
    large = portal.http.post("/spaces", json=keys)
    many = portal.http.post(f"/spaces/{space}/activation", json=dict(list(keys.items())[:2000]))
    pieces = portal.http.post("/spaces", content=iter([b"x" * 20_000] * 3), headers={"Accept-Language": "en"})

    assert (413, "request.too_large") == (large.status_code, large.json()["code"])
    assert (413, "The request is too large: expected 32768 bytes at most.") == (
        pieces.status_code,
        pieces.json()["detail"],
    )
    assert (422, 20) == (many.status_code, len(many.json()["problems"]))
    assert [] == [mail for mail in portal.mail(space) if "k1" in str(mail)]


def test_what_is_no_body_has_the_place_of_the_whole(portal, space):
    """A pointer to the whole document is empty; empty texts are what the document of the API says they are."""
    nothing = portal.http.post(f"/spaces/{space}/activation", content=b"null").json()["problems"]
    components = portal.http.get("/openapi.json").json()["components"]["schemas"]

    assert [""] == [problem["pointer"] for problem in nothing]
    assert 1 == components["FromSpace"]["properties"]["space"]["minLength"]
    assert 15 == components["Account"]["properties"]["account"]["minLength"]
    assert 422 == portal.http.post(f"/requests/{space}/renewal", json={"space": ""}).status_code


@pytest.mark.parametrize(
    ("asked", "sent", "detail"),
    [
        ("fr", "", "Ce champ est nécessaire."),
        ("en", "", "Field required"),
        ("fr", "null", "Il faut un objet, avec ses champs."),
        ("fr", "[1]", "Il faut un objet, avec ses champs."),
    ],
)
def test_what_is_no_body_is_told_in_the_language_that_is_asked_for(portal, space, asked, sent, detail):
    """What pydantic says by itself has words too; the pointer of the whole document is an empty text (RFC 6901)."""
    headers = {"Accept-Language": asked, "Content-Type": "application/json"}
    answer = portal.http.post(f"/spaces/{space}/activation", content=sent, headers=headers).json()
    (field,) = answer["problems"]

    assert (detail, detail, "") == (answer["detail"], field["detail"], field["pointer"])
    other = {"code": "K7MQ2XW9", "space": "x" * 201, "colour": 1}
    told = portal.http.post("/requests/x/activation", json=other, headers=headers).json()["problems"]
    assert {"/space", "/colour"} == {it["pointer"] for it in told}
    assert (asked == "fr") == ("Ce champ n'est pas prévu." in [it["detail"] for it in told])


def test_an_account_beside_a_field_that_is_missing_is_not_in_the_answer(portal, space):
    """Nor one in the place of a list: nothing that was typed comes back."""
    request = portal.ask("POST", f"/spaces/{space}/requests", FORM)["id"]
    for path, sent in (
        (f"/requests/{request}/payments", {"account": IBAN}),
        (f"/spaces/{space}/requests", FORM | {"bank_accounts": IBAN}),
    ):
        answer = portal.http.post(path, json=sent)

        assert 422 == answer.status_code
        assert "0112" not in answer.text


def test_a_path_says_all_of_its_methods(portal):
    """Also in the answer to a method that it does not have."""
    assert "GET, PUT" == portal.http.options("/bench/clock").headers["allow"]


def test_the_page_has_its_landmarks(portal):
    """All that it says stands in its header or in its main part."""
    body = portal.http.get("/").text.partition("</style>")[2].partition("<script>")[0]
    outside = re.sub(r"<(header|main)>.*?</\1>", "", body, flags=re.DOTALL)

    assert "" == outside.strip()


def test_the_diagram_and_the_page(portal, space):
    """The diagram marks the state of a case, in words; the page has the forms of the three steps."""
    drawn = portal.http.get(f"/cases/{space}/diagram", headers={"Accept-Language": "en"}).text
    page = portal.http.get("/")

    assert ("text/html; charset=utf-8", 200) == (page.headers["content-type"], page.status_code)
    for path in ("/spaces", "/spaces/{space}/activation", "/spaces/{space}/requests", "/requests/{request}/activation"):
        assert f'data-path="{path}"' in page.text
    assert 1 == drawn.count("#fde68a")
    assert 'aria-label="active"' in drawn
    request = portal.ask("POST", f"/spaces/{space}/requests", FORM)["id"]
    assert 6 <= portal.http.get(f"/cases/{request}/diagram").text.count("<rect")


# --- Compared, fuzzed, started ----------------------------------------------------------------------------------------

# No more, as a whole history is many requests; `make explore` asks for more of the library itself.
FEW = settings(THOROUGH, max_examples=4, stateful_step_count=8, database=None)


def test_it_conforms():
    """Whole histories over HTTP, with a simulator in a process of its own, come out as the library says."""
    with started() as portal:
        check_conformance(partial(SimulatorHost, portal), settings=FEW, everything=False)


@pytest.mark.rule("1.9", "1.10")
def test_a_wrong_time_limit_is_found():
    """A simulator whose codes live an hour is found, by what it decides or by the end that it shows."""
    hour = attrs.evolve(EXPERT_2024_04_03.space_activation, duration=Hours(1), reminders=())
    wrong = attrs.evolve(EXPERT_2024_04_03, version="wrong", space_activation=hour)
    search = settings(FEW, max_examples=200, phases=[Phase.generate])
    with served(create_app(wrong)) as portal, pytest.raises(NonConformanceError) as caught:
        check_conformance(partial(SimulatorHost, portal), settings=search, everything=False)

    assert caught.value.rule.id in {"1.9", "1.10", "1.11", "1.12", "A2"}


FORMATS = {
    "siren": sirens().map(str),
    "organisation": (sirens() | file_numbers()).map(str),
    "email": email_addresses().map(str),
    "person-name": person_names().map(str),
    "iban": bank_accounts().map(lambda account: account.iban),
    "bic": st.just("AGRIFRPP"),
    "service": st.sampled_from(list(EXPERT_2024_04_03.catalogue)),
    "activation-code": activation_codes().map(lambda code: code.reveal()),
    "link-token": link_tokens().map(lambda token: token.reveal()),
    "password": st.text("abc123", min_size=1, max_size=20),
    "line": st.text("abcé ", min_size=1, max_size=20).map(lambda text: f"a{text}"),
    "phone": st.just("+33123456789"),
    "postal-code": st.just("75019"),
    "city": st.just("Paris"),
    "country": st.just("FR"),
    "instant": st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda at: f"{at.isoformat()}Z"),
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)

app = create_app()
schema = schemathesis.openapi.from_asgi("/openapi.json", app)
schema.config.phases.coverage.enabled = False  # of forms with many fields it takes minutes


@schema.parametrize()
@settings(max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_nothing(case):
    """What the document of the API promises holds for what is drawn from it, right or wrong."""
    case.call_and_validate()


def test_schemathesis_finds_nothing_in_a_course_of_requests():
    """What one answer opens the next one asks for, by the links of the document: all but what begins anew."""
    course = schema.exclude(operation_id="begin_anew").as_state_machine()
    few = settings(max_examples=8, stateful_step_count=8, deadline=None, database=None, derandomize=True)
    course.run(settings=settings(few, suppress_health_check=list(HealthCheck)))


def test_every_link_leads_to_an_operation():
    """Of what an operation opens, everything that is asked by an id is linked."""
    document = app.openapi()
    operations = {it["operationId"]: it for path in document["paths"].values() for it in path.values()}
    linked = {
        link["operationId"]
        for it in operations.values()
        for answer in it["responses"].values()
        for link in answer.get("links", {}).values()
    }

    assert {
        name for name, it in operations.items() if "id" in {of["name"] for of in it.get("parameters", ())}
    } == linked


def test_a_bench_starts_in_a_clean_clone(tmp_path):
    """As its page says: with its own packages alone, whatever the library's own tests need besides."""
    clone = tmp_path / "clone"
    for folder in ("bench", "portal_simulator"):
        copytree(BENCH.parent / folder, clone / "docs" / "examples" / folder, ignore=ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        copy(BENCH.parents[2] / name, clone)
    (tmp_path / "sybil.py").write_text("raise ModuleNotFoundError")
    path = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])}
    plugins = ["-p", "no:cacheprovider", "-p", "no:randomly"]
    for place, target in ((tmp_path, "clone/docs/examples/bench"), (clone / "docs" / "examples" / "bench", ".")):
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--collect-only", *plugins, target],
            cwd=place,
            env=os.environ | path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (0, True) == (run.returncode, "3 tests collected" in run.stdout), run.stdout + run.stderr


def test_it_is_started_with_one_command():
    """The simulator answers in a process of its own, and a bench that starts it passes."""
    with started() as portal:
        assert [] == portal.ask("GET", "/bench/cases")
        assert httpx.codes.OK == portal.http.get("/docs").status_code
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            str(BENCH / "test_firm.py"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "3 passed" in run.stdout, run.stdout + run.stderr
