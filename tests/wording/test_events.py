"""A history in sentences. The page of every word has each kind in full; here is when an hour and a telling are said."""

from datetime import date

import attrs
import pytest
from hypothesis import given

from teleprocedures import HELD_ELSEWHERE, Event, MandateState, withdraw
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH
from tests.builders import asked, each, failure, linked, mandate_in, opened, paying, plain, requested
from tests.instants import DAY, HOUR, START
from tests.wording.drawn import without_none

ENTERED = "le code reçu par courriel a été saisi : l'espace professionnel est activé"
PENDING = asked(code=HELD_ELSEWHERE).case


@pytest.mark.rule("A14", "A22")
@each(
    "french english at recorded_at",
    (f"Le lundi 6 janvier 2025 à 11 h, {ENTERED}.", "On Monday 6 January 2025 at 11:00 in Paris, ", START + HOUR, None),
    (
        f"Le lundi 6 janvier 2025 à 11 h, {ENTERED} ; fait signalé le mardi 7 janvier 2025 à 10 h.",
        "On Monday 6 January 2025 at 11:00 in Paris, ",
        START + HOUR,
        START + DAY,
    ),
    # Of a day, no hour is said, and what is told on that day, as clocks in Paris read, is told at once.
    (f"Le lundi 6 janvier 2025, {ENTERED}.", "On Monday 6 January 2025, ", date(2025, 1, 6), START + 2 * HOUR),
    (
        f"Le lundi 6 janvier 2025, {ENTERED} ; fait signalé le mardi 7 janvier 2025 à 10 h.",
        "On Monday 6 January 2025, ",
        date(2025, 1, 6),
        START + DAY,
    ),
    (
        f"Le lundi 6 janvier 2025, {ENTERED} ; fait signalé le mardi 7 janvier 2025 à 0 h.",
        "On Monday 6 January 2025, ",
        date(2025, 1, 6),
        START + 14 * HOUR,
    ),
)
def test_when_it_happened_and_when_it_was_told(french, english, at, recorded_at):
    """An hour only where it is known; the telling only where it came later."""
    (event,) = PENDING.activate(HELD_ELSEWHERE, at=at, recorded_at=recorded_at).events

    assert french == plain(FRENCH.event(event))
    assert ENGLISH.event(event).startswith(f"{english}the code received by e-mail was entered")


@each(
    "what event",
    ("(renouvellement d'une demande antérieure).", requested(renews="request-0").events[0]),
    ("pour l'entreprise (SIREN 552 100 554).", requested().events[0]),
    (
        "@boulangerie-martin.fr, est à utiliser au plus tard le mercredi 8 janvier 2025 à 10 h (heure de Paris).",
        linked().events[0],
    ),
    ("au plus tard le jeudi 6 mars 2025.", requested().events[1]),
    ("au plus tard le jeudi 6 mars 2025, date estimée.", requested(code=HELD_ELSEWHERE).events[1]),
    (
        "a été édité pour l'entreprise (SIREN 552 100 554).",
        mandate_in(MandateState.REGISTERED, paying("payer-tva").case).origin,
    ),
)
def test_what_some_events_have_and_others_do_not(what, event):
    """A renewal, a link with its address, an estimate, whose mandate it is."""
    assert plain(FRENCH.event(event)).endswith(what)


def test_what_is_known_beside_an_event_is_said_where_it_is_given():
    """By when a mandate has to collect, and which fact a withdrawal took back (F1, A20)."""
    mandate = mandate_in(MandateState.REGISTERED, paying("payer-tva").case)
    (reminded,) = mandate.remind(at=mandate.due_at).events
    history = [*asked().events, *PENDING.activate(HELD_ELSEWHERE, at=START).events]
    (taken_back,) = withdraw(history, 2, reason="mistyped", at=START + DAY).events
    said = [plain(FRENCH.event(reminded)), plain(FRENCH.event(reminded, deadline=mandate.time_limit))]
    told = [plain(FRENCH.event(taken_back)), plain(FRENCH.event(taken_back, withdrawn=history[1]))]

    assert said[0].endswith("sera caduc sans prélèvement.")
    assert f"sera caduc sans prélèvement d'ici le {plain(FRENCH.day(mandate.time_limit.safe_until))}" in said[1]
    assert "le fait n° 2" in told[0]
    assert "l'activation de l'espace (lundi 6 janvier 2025)" in told[1]


@attrs.frozen(kw_only=True, weakref_slot=False)
class Stamped(Event):
    """An event of a host's own."""

    office: str


def test_an_event_of_a_host_s_own():
    """Its kind where it has no words; with words, any of its fields, and what is derived; nothing else."""
    event = Stamped(case_id="s-1", version=2, at=START, office="SIE Paris 6e")
    own = FRENCH.with_words({"fact.stamped": "{office} a tamponné le dossier {case_id}{renewal-note}"})

    assert "Le lundi 6 janvier 2025 à 10 h, stamped." == plain(FRENCH.event(event))
    assert "Le lundi 6 janvier 2025 à 10 h, SIE Paris 6e a tamponné le dossier s-1." == plain(own.event(event))
    assert "words.unknown_placeholder" == failure(FRENCH.with_words, {"fact.stamped": "{renewal-not}"}).code
    assert "words.unknown_placeholder" == failure(FRENCH.with_words, {"fact.space-activated": "{nobody}"}).code
    assert own.with_words({"fact.space-activated": "{version}"})


@given(a.events().filter(without_none))
def test_every_event_has_its_words(event):
    """One sentence in either language, with no placeholder and no None, for an accountant and for a log."""
    for words in (ENGLISH, FRENCH):
        text = words.event(event)

        assert text.endswith(".")
        assert text[0].isupper()
        assert "\n" not in text
        assert "None" not in text
        assert not {"{", "}"} & set(text)


def test_no_event_tells_a_secret():
    """A code, a token and an account are in no sentence, whoever holds them."""
    for event in (*asked().events, *linked().events, *paying("payer-tva").events, opened().origin):
        for words in (ENGLISH, FRENCH):
            text = words.event(event)
            assert not [it for it in ("SPACE4711", "LETTER0815", "link_token", "30006000011234567890189") if it in text]
