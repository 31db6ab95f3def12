"""Rows on portfolios: what a whole one says, and what one company of many requests says, linear and in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs
from paired import Row, compared, ratio, timed
from samples import START, active_space
from stdnum import luhn

from teleprocedures import HELD_ELSEWHERE, Adhesion, Case, Event, FactWithdrawn, Mandate, Plan, Portfolio, Siren, Space
from teleprocedures.testing import adhesion_form
from teleprocedures.wording import diligence

AT = START + timedelta(days=5)
LATER = START + timedelta(days=60)
PAY_BY = (START + timedelta(days=90)).date()
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def requests(count: int) -> list[Adhesion]:
    """As many requests of half as many companies, their letters on their way."""
    space, made = active_space(), []
    for place in range(count):
        if place % 2 == 0:
            digits = f"{10_000_000 + place:08}"
            company = Siren(digits + luhn.calc_check_digit(digits))
            form = adhesion_form(organisation=company, services=["payer-tva", "payer-cfe"], bank_accounts=[IBAN])
            first = Adhesion.request(space, form, id=f"adhesion-{place:08}", code=HELD_ELSEWHERE, at=START).case
            made.append(first)
        else:
            made.append(attrs.evolve(first, origin=attrs.evolve(first.origin, case_id=f"adhesion-{place:08}")))
    return made


def of_one_company(count: int) -> list[Adhesion]:
    """As many requests of one company for the same services, as a host in a loop makes them."""
    first, _ = requests(2)
    return [attrs.evolve(first, origin=attrs.evolve(first.origin, case_id=f"one-{place:08}")) for place in range(count)]


QUESTIONS: tuple[tuple[str, Callable[[Portfolio], Any]], ...] = (
    ("every next step", lambda portfolio: portfolio.next_steps(at=AT)),
    ("what each company holds", lambda portfolio: [it.holdings(at=AT) for it in portfolio.companies.values()]),
    ("plain rows", lambda portfolio: portfolio.rows(at=AT)),
    ("who can pay by a day", lambda portfolio: portfolio.outlook("payer-tva", pay_by=PAY_BY, at=AT)),
)


def of_many_kinds(count: int) -> list[Case]:
    """As many cases of companies with one to three requests and up to two mandates, each somewhere on its way."""
    space, made, place = active_space(), list[Case](), 0
    while len(made) < count:
        place += 1
        digits = f"{20_000_000 + place:08}"
        company, asked = Siren(digits + luhn.calc_check_digit(digits)), START + timedelta(days=place % 60)
        for turn in range(1 + place % 3):
            request = _on_its_way(space, company, f"adhesion-{place:08}-{turn}", asked, stage=(place + turn) % 4)
            made.append(request)
            if (place + turn) % 5 < 2:
                made.append(_mandate(request, f"mandate-{place:08}-{turn}", stage=place % 4))
    return made[:count]


def _on_its_way(space: Space, company: Siren, id: str, at: datetime, *, stage: int) -> Adhesion:
    services = [["payer-tva", "payer-cfe"], ["payer-is"], ["payer-tva", "messagerie"]][stage % 3]
    form = adhesion_form(organisation=company, services=services, bank_accounts=[IBAN], company_email="a@b.fr")
    request = Adhesion.request(space, form, id=id, token=HELD_ELSEWHERE, code=HELD_ELSEWHERE, at=at).case
    if stage > 0 and request.activation is None:
        request = request.confirm_company_email(HELD_ELSEWHERE, at=at).case
    if stage > 1:
        request = request.record_letter(at.date(), at=at).case
    return request.activate(HELD_ELSEWHERE, space=space, at=at).case if stage > 2 else request


def _mandate(request: Adhesion, id: str, *, stage: int) -> Mandate:
    at = request.recorded_at
    mandate = Mandate.issue(request, IBAN, id=id, reference=f"RUM{id}", at=at).case
    verbs = (lambda it: it.sign("representative", at=at), lambda it: it.send(at=at), lambda it: it.register(at=at))
    for verb in verbs[:stage]:
        mandate = verb(mandate).case
    return mandate


def every_plan(portfolio: Portfolio) -> list[Plan]:
    """The plan of each company, asked for alone and made whole."""
    companies = portfolio.companies.values()
    return [company.plan("payer-tva", pay_by=PAY_BY, start=LATER.date()) for company in companies]


def withdrawn(count: int) -> tuple[Event, ...]:
    """The events of a mandate with so many collections, of which every fourth was recorded by mistake."""
    opening = Mandate.take_over(
        active_space(),
        organisation="552100554",
        account=IBAN,
        id="mandate",
        seen=START.date(),
        source="a list",
        at=START,
    )
    events, case = list(opening.events), opening.case
    for place in range(count):
        decision = case.record_collection(at=START + timedelta(minutes=place))
        events, case = [*events, *decision.events], decision.case
    for version in range(2, count, 4):
        at = START + timedelta(minutes=count)
        head = {"case_id": "mandate", "version": len(events) + 1, "at": at, "recorded_at": at, "day": None}
        events.append(FactWithdrawn(**head, withdrawn=version, reason="another company's"))
    return tuple(events)


def rows(*, short: bool) -> Iterator[Row]:
    """A case of the large portfolio against a case of the small one: 1 is linear."""
    yield from _proportion("a portfolio", requests, *((5_000, 1_000) if short else (100_000, 10_000)))
    yield from _proportion("one company", of_one_company, *((500, 100) if short else (10_000, 1_000)))
    large, small = ((withdrawn(count), count) for count in ((1_000, 250) if short else (4_000, 1_000)))
    found = ratio(
        *(
            timed(lambda events: diligence(events, of="552100554"), lambda events=events: events, units=count)
            for events, count in (large, small)
        ),
        repeat=3,
    )
    yield compared(
        f"the file of diligence of {large[1]:,} facts of one case, a quarter of them withdrawn, against {small[1]:,},"
        " by the fact",
        found,
        reach=1.5,
        made_of=f"{{a}} / {{b}} a fact; {found.a * large[1]:.2g} s for {large[1]:,}",
    )
    many = 5_000 if short else 100_000
    portfolio = Portfolio(of_many_kinds(many))
    found = ratio(
        timed(lambda cases: cases.outlook("payer-tva", pay_by=PAY_BY, at=LATER), lambda: portfolio, units=many),
        timed(every_plan, lambda: portfolio, units=many),
        repeat=5,
    )
    yield compared(
        f"who can pay by a day in a portfolio of {many:,} cases of many kinds, against the plan of each company",
        found,
        reach=0.7,
        made_of=f"{{a}} / {{b}} a case; {found.a * many:.2g} s for {many:,}",
    )


def _proportion(who: str, made: Callable[[int], list[Adhesion]], many: int, few: int) -> Iterator[Row]:
    large, small = made(many), made(few)
    for what, question in QUESTIONS:
        found = ratio(
            timed(lambda cases, question=question: question(Portfolio(cases)), lambda: large, units=many),
            timed(lambda cases, question=question: question(Portfolio(cases)), lambda: small, units=few),
            repeat=3 if many < 10_000 else 5,
        )
        made_of = f"{{a}} / {{b}} a case; {found.a * many:.2g} s for {many:,}"
        yield compared(
            f"{who} of {many:,} requests says {what}, against one of {few:,}, by the case",
            found,
            reach=1.5,
            made_of=made_of,
        )
