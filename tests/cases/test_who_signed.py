"""Who signed, where the representative changed: whoever was named by then, whenever either fact is told (2.16, A14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from teleprocedures import Applicant, Mandate, MandateRefusedError, PersonName, replay, verify, withdraw
from teleprocedures.codec import load, loads
from tests.builders import issued, paying

ONE = "FR7630006000011234567890189"
AT = datetime(2024, 5, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
TOLD = AT + 30 * DAY
ANNE, BRUNO, CHLOE = map(PersonName, ("Anne Roy", "Bruno Petit", "Chloé Aubert"))


def mandate(first: PersonName | None = ANNE) -> Mandate:
    """A mandate of a company whose representative is known by this name, or by none."""
    return issued(paying(at=AT, id="request", legal_representative=first).case, ONE, at=AT, id="mandate").case


def naming(case: Mandate, name: PersonName, at: datetime | date, told: datetime | None = None) -> Mandate:
    """The mandate after somebody was named at an instant or on a day, told at an instant."""
    return case.name_representative(name, at=at, recorded_at=told).case


def signatory(case: Mandate, at: datetime | date, by: Applicant | PersonName = Applicant.REPRESENTATIVE) -> str | None:
    """Who signed at an instant or on a day, as it is told at the end."""
    name = case.sign(by, at=at, recorded_at=TOLD).case.signatory
    return None if name is None else str(name)


def refused(case: Mandate, by: PersonName, at: datetime | date) -> tuple[str, object]:
    """The code of the refusal of a signature by name, and who is expected."""
    with pytest.raises(MandateRefusedError) as error:
        case.sign(by, at=at, recorded_at=TOLD)
    assert "2.16" == str(error.value.rule)
    return error.value.code, error.value.facts.get("expected")


@pytest.mark.rule("2.16", "A14")
@pytest.mark.parametrize("told", [None, TOLD], ids=["told at once", "told late"])
def test_who_was_named_by_then_signed(told: datetime | None) -> None:
    """Up to the last microsecond before another one was named it was the first, and from that instant on the other."""
    changed = AT + 5 * DAY
    case = naming(mandate(), BRUNO, changed, told)

    assert "Anne Roy" == signatory(case, changed - MICROSECOND)
    assert "Bruno Petit" == signatory(case, changed)
    assert "Anne Roy" == signatory(case, changed - MICROSECOND, ANNE)
    assert "Bruno Petit" == signatory(case, changed, BRUNO)
    assert ("signatory.not_allowed", "Anne Roy") == refused(case, BRUNO, changed - MICROSECOND)
    assert ("signatory.not_allowed", "Bruno Petit") == refused(case, ANNE, changed)


@pytest.mark.rule("2.16", "A14")
def test_the_first_name_that_is_given_counts_from_the_opening() -> None:
    """Nobody said who it was: whoever is named first may have signed before that, and nobody else has."""
    case = naming(naming(mandate(None), ANNE, AT + 5 * DAY), BRUNO, AT + 8 * DAY)

    assert ["Anne Roy", "Anne Roy", "Bruno Petit"] == [signatory(case, AT + days * DAY) for days in (1, 7, 8)]
    assert "Anne Roy" == signatory(case, AT, ANNE)
    assert ("signatory.not_allowed", "Anne Roy") == refused(case, BRUNO, AT + DAY)
    assert signatory(mandate(None), AT) is None


@pytest.mark.rule("2.16", "A14")
def test_a_change_that_is_told_late_takes_its_place() -> None:
    """The one named last, by when it happened, represents the company; the one told last does not."""
    case = naming(naming(mandate(), CHLOE, AT + 8 * DAY), BRUNO, AT + 5 * DAY, AT + 9 * DAY)

    assert CHLOE == case.legal_representative
    assert CHLOE == case.document().legal_representative
    assert [CHLOE, BRUNO] == [it.name for it in case.named]
    assert ["Anne Roy", "Bruno Petit", "Chloé Aubert"] == [signatory(case, AT + days * DAY) for days in (1, 5, 9)]


@pytest.mark.rule("2.16", "A22")
@pytest.mark.parametrize("by_day", ["naming", "signature", "both"])
def test_on_the_day_of_the_change_either_may_have_signed(by_day: str) -> None:
    """Where only a day was told, it may have been before or after; by role, it was who was told last."""
    changed = AT + 5 * DAY
    case = naming(mandate(), BRUNO, changed if by_day == "signature" else changed.date(), AT + 6 * DAY)

    def at(days: int) -> datetime | date:
        instant = changed + days * DAY
        return instant if by_day == "naming" else instant.date()

    assert ["Anne Roy", "Bruno Petit"] == [signatory(case, at(0), name) for name in (ANNE, BRUNO)]
    assert ["Anne Roy", "Bruno Petit", "Bruno Petit"] == [signatory(case, at(days)) for days in (-1, 0, 1)]
    assert ("signatory.not_allowed", "Anne Roy") == refused(case, BRUNO, at(-1))
    assert ("signatory.not_allowed", "Bruno Petit") == refused(case, ANNE, at(1))


@pytest.mark.rule("2.16", "A22")
def test_a_day_of_naming_is_any_instant_of_it_whatever_was_told_first() -> None:
    """Told by the day, and at an instant of that day, in either order: each may have come after the other."""
    day, noon = (AT + DAY).date(), AT + DAY
    told = ((BRUNO, day), (CHLOE, noon))
    for first, second in (told, told[::-1]):
        case = naming(naming(mandate(), *first, AT + 2 * DAY), *second, AT + 3 * DAY)

        assert second[0] == case.legal_representative
        assert ["Bruno Petit", "Chloé Aubert"] == [signatory(case, noon + DAY, name) for name in (BRUNO, CHLOE)]
        assert ["Anne Roy", "Bruno Petit"] == [signatory(case, noon - MICROSECOND, name) for name in (ANNE, BRUNO)]
        # Whoever was known before was surely replaced at noon.
        assert "signatory.not_allowed" == refused(case, ANNE, noon)[0]
        assert "signatory.not_allowed" == refused(case, CHLOE, noon - MICROSECOND)[0]


@pytest.mark.rule("2.16", "A14")
def test_whoever_was_surely_replaced_represents_nobody() -> None:
    """Two at their instants, and one of whom only the day is known, told between them: the earlier is over."""
    morning, evening = AT + DAY, AT + DAY + timedelta(hours=3)
    case = naming(naming(naming(mandate(), ANNE, evening, TOLD), BRUNO, evening.date(), TOLD), CHLOE, morning, TOLD)

    assert BRUNO == case.legal_representative
    assert (ANNE, BRUNO) == case.may_sign(TOLD, TOLD)
    assert (BRUNO, CHLOE) == case.may_sign(morning, morning)
    assert {"Anne Roy", "Bruno Petit"} == {signatory(case, TOLD - DAY, name) for name in (ANNE, BRUNO)}


@pytest.mark.rule("2.16", "A22")
def test_each_of_one_day_may_have_signed_on_that_day() -> None:
    """Two changes on one day: whoever represented the company in between may have signed, from the first change on."""
    morning = AT + DAY
    case = naming(naming(mandate(), BRUNO, morning), CHLOE, morning + timedelta(hours=3))
    signed = {name: case.sign(name, at=morning.date(), recorded_at=TOLD).events[0].at for name in (ANNE, BRUNO, CHLOE)}

    assert {
        ANNE: datetime(2024, 5, 2, 22, tzinfo=UTC),
        BRUNO: morning,
        CHLOE: morning + timedelta(hours=3),
    } == signed
    assert "Chloé Aubert" == signatory(case, morning.date())


@pytest.mark.rule("2.16")
def test_a_name_told_again_of_one_instant_is_put_right() -> None:
    """A name that was misspelt is told again of the same instant: the one told last counts, and the other does not."""
    case = naming(naming(mandate(), PersonName("Bruno Petti"), AT + DAY), BRUNO, AT + DAY)

    assert ((BRUNO,), "Bruno Petit") == (case.may_sign(TOLD, TOLD), signatory(case, AT + DAY))
    assert "signatory.not_allowed" == refused(case, PersonName("Bruno Petti"), AT + DAY)[0]


@given(
    changes=st.lists(st.tuples(st.integers(0, 40), st.sampled_from((ANNE, BRUNO, CHLOE))), max_size=4),
    first=st.sampled_from((None, ANNE, BRUNO)),
    signed=st.integers(0, 40),
)
def test_the_order_of_telling_changes_nothing(
    changes: list[tuple[int, PersonName]], first: PersonName | None, signed: int
) -> None:
    """In whatever order the changes are told, the signature is of whoever was named last by its instant (A14)."""
    changes = list({hours: (hours, name) for hours, name in changes}.values())
    hours = timedelta(hours=1)
    found = set()
    for told in permutations(changes):
        case = mandate(first)
        for minutes, (hour, name) in enumerate(told):
            case = naming(case, name, AT + hour * hours, TOLD - DAY + minutes * MICROSECOND)
        assert case == loads(tp.codec.dumps(case))
        found.add(signatory(case, AT + signed * hours))
    known = [str(name) for hour, name in sorted(changes, key=lambda it: it[0]) if hour <= signed]
    unknown = [str(name) for _, name in sorted(changes, key=lambda it: it[0])][:1] if first is None else [str(first)]
    # Of two first names the one told first is no longer known to be so: the first by its day stands for the opening.
    expected = (known or unknown or [None])[-1]

    assert {expected} == found


HOURS = [datetime(2024, 5, 9, 22, tzinfo=UTC) + timedelta(hours=3 * place) for place in range(16)]
"""Two days in Paris, every three hours."""
NAMINGS = st.lists(
    st.tuples(st.sampled_from((ANNE, BRUNO, CHLOE)), st.integers(0, 15), st.booleans()),
    max_size=3,
    unique_by=lambda it: (it[1], it[2]),
)


@given(first=st.sampled_from((ANNE, None)), named=NAMINGS, signed=st.integers(0, 15))
def test_all_instants_of_a_day_were_tried(
    first: PersonName | None, named: list[tuple[PersonName, int, bool]], signed: int
) -> None:
    """Whoever represents the company for some instants of the days of the namings may have signed, and nobody else."""
    case = mandate(first)
    possible: list[tuple[float, ...]] = []
    for name, place, by_day in named:
        day = range(place // 8 * 8, place // 8 * 8 + 8)
        case = naming(case, name, HOURS[day[0]].date() + DAY if by_day else HOURS[place], TOLD)
        possible.append((*day, day[-1] + 0.5) if by_day else (place,))
    expected = set()
    for places in product(*possible):
        # At one instant, in either order.
        for order in permutations(range(len(named))):
            in_time = sorted(order, key=lambda it, at=places: at[it])
            before = [named[it][0] for it in in_time if places[it] <= signed]
            expected.add((before or [first or (named[in_time[0]][0] if named else None)])[-1])

    assert expected - {None} == set(case.may_sign(HOURS[signed], HOURS[signed]))


@pytest.mark.rule("2.16", "A20")
def test_a_change_that_is_withdrawn_was_none() -> None:
    """A naming is withdrawn while no signature relies on it; a signature that was possible without it stands."""
    opening = issued(paying(at=AT, id="request", legal_representative=ANNE).case, ONE, at=AT, id="mandate")
    named = opening.case.name_representative(BRUNO, at=AT + 5 * DAY)
    signed = {days: named.case.sign("representative", at=AT + days * DAY, recorded_at=TOLD) for days in (4, 6)}
    events = {days: (*opening.events, *named.events, *it.events) for days, it in signed.items()}

    assert ANNE == withdraw((*opening.events, *named.events), 2, reason="mistake", at=TOLD).case.legal_representative
    assert ANNE == withdraw(events[4], 2, reason="mistake", at=TOLD).case.signatory
    with pytest.raises(tp.WithdrawalRefusedError) as error:
        withdraw(events[6], 2, reason="mistake", at=TOLD)
    assert "withdrawal.relied_on" == error.value.code


@pytest.mark.rule("2.16", "A20")
@pytest.mark.parametrize("by", ["representative", "Bruno Petit"])
def test_who_signed_on_the_day_of_a_change_relies_on_it(by: str) -> None:
    """By role or by the name, whoever was named on that day signed, and no earlier than he was named."""
    opening = issued(paying(at=AT, id="request", legal_representative=ANNE).case, ONE, at=AT, id="mandate")
    named = opening.case.name_representative(BRUNO, at=AT + DAY)
    signed = named.case.sign(by, at=(AT + DAY).date(), recorded_at=TOLD)

    assert (AT + DAY, (AT + DAY).date(), BRUNO) == (signed.case.since, signed.case.since_day, signed.case.signatory)
    with pytest.raises(tp.WithdrawalRefusedError):
        withdraw((*opening.events, *named.events, *signed.events), 2, reason="mistake", at=TOLD)


def test_who_may_sign_is_asked_of_instants() -> None:
    """Between two instants, each of whom had a turn in between; an instant without a zone is refused."""
    case = naming(naming(mandate(), BRUNO, AT + DAY), CHLOE, AT + 2 * DAY)

    assert (ANNE, BRUNO) == case.may_sign(AT, AT + DAY)
    assert (BRUNO,) == case.may_sign(AT + DAY, AT + 2 * DAY - MICROSECOND)
    for first, last in ((AT, AT.replace(tzinfo=None)), (AT.replace(tzinfo=None), AT)):
        with pytest.raises(tp.InvalidValueError, match="naive"):
            case.may_sign(first, last)


def test_a_signed_mandate_keeps_no_namings() -> None:
    """Once it is signed, who signed is what counts."""
    case = naming(mandate(), BRUNO, AT + DAY).sign("representative", at=AT + 2 * DAY).case

    assert ((), BRUNO, BRUNO) == (case.named, case.legal_representative, case.signatory)


def test_a_document_from_before_has_the_last_name_only() -> None:
    """Documents that were stored before namings were kept are read, and the name that they have counts as it did."""
    opening = issued(paying(at=AT, id="request", legal_representative=ANNE).case, ONE, at=AT, id="mandate")
    named = opening.case.name_representative(BRUNO, at=AT + 5 * DAY)
    document = tp.codec.dump(named.case, secrets=True)
    del document["named"]
    read = load(document)

    assert isinstance(read, Mandate)
    assert (BRUNO, ()) == (read.legal_representative, read.named)
    assert "Bruno Petit" == signatory(read, AT + DAY)
    assert [".named"] == [it.path for it in verify(read, (*opening.events, *named.events))]
    assert named.case == replay((*opening.events, *named.events))


@pytest.mark.parametrize("forged", ["signed", "another"])
def test_a_forged_naming_is_refused(forged: str) -> None:
    """A snapshot whose namings contradict the rest of it is none that a verb makes."""
    case = naming(mandate(), BRUNO, AT + DAY)
    signed = case.sign("representative", at=AT + 2 * DAY).case
    wrong = (
        attrs.evolve(signed, named=case.named) if forged == "signed" else attrs.evolve(case, legal_representative=CHLOE)
    )

    with pytest.raises(tp.InvalidValueError, match=r"\.named"):
        wrong.check()
