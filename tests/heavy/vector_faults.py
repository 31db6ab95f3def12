"""The library, broken in one line each as another implementation may have it wrong: the vectors find every one.

    python -m tests.heavy.vector_faults                     all of them (make vector-faults)
    python -m tests.heavy.vector_faults A17 _plan           those whose text has one of these words

Each is tried in a copy of the library, which the adapter of the examples puts behind the pipe of the runner, at both
levels. One that survives is a blind spot of the vectors. Beside them, `tests/examples/vector_mutants.py` has adapters
that are wrong: what somebody gets wrong at the pipe, these get wrong in the rules.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.heavy.meaning_mutants import PACKAGE, PROJECT, Mutant

RUNNER: Final = PROJECT / "vectors" / "runner.py"
ADAPTER: Final = PROJECT / "docs" / "examples" / "vectors" / "library_adapter.py"
LONGEST: Final = 120
"""Seconds, after which an implementation that waits for ever has been noticed."""


def _in(file: str, *rows: tuple[str, str, str]) -> Iterator[Mutant]:
    """The faults of one file: what each means, the text before, the text after."""
    return (Mutant(what, file, before, after) for what, before, after in rows)


FAULTS: Final[tuple[Mutant, ...]] = (
    *_in(
        "rulebook/_rulebook.py",
        ("the first rulebook that has come is in force, and not the last", "return come[-1]", "return come[0]"),
        (
            "a rulebook is not in force on its first day",
            "if book.in_force_from <= day)",
            "if book.in_force_from < day)",
        ),
        (
            "the day on which a rulebook is chosen is that of UTC",
            "else civil_day(instant(at))  # type",
            "else instant(at).date()  # type",
        ),
        (
            "what may have started later ends as if it had started at once (A22)",
            "if until is not None and until != opened:",
            "if until is None and until != opened:",
        ),
    ),
    *_in(
        "deadlines/_limits.py",
        (
            "what clocks read in another zone is taken for UTC",
            'return at.astimezone(UTC)\n    except OverflowError:\n        raise InvalidValueError("instant.out',
            'return at.replace(tzinfo=UTC)\n    except OverflowError:\n        raise InvalidValueError("instant.out',
        ),
        (
            "a limit in days of another zone counts those of Paris",
            "zone = time_zone(self.zone)\n        if not",
            "zone = time_zone(PARIS)\n        if not",
        ),
        (
            "reminders of a limit in days of another zone come by days of Paris",
            "zone = time_zone(self.zone)\n        _check",
            "zone = time_zone(PARIS)\n        _check",
        ),
        (
            "what closes at an instant is late at it",
            "return instant(at) > self.closes",
            "return instant(at) >= self.closes",
        ),
    ),
    *_in(
        "deadlines/_civil.py",
        ("months end on their 30th at the latest", "min(day.day, days))", "min(day.day, days, 30))"),
    ),
    *_in(
        "portfolio/_model.py",
        (
            "the accounts of a request that is over count no more (A17)",
            "        for request in self.requests:\n            found[request.space_id]",
            "        for request in self.live:\n            found[request.space_id]",
        ),
        (
            "a mandate that was closed still pays (A21)",
            "if mandate.closing is None and begun_at(mandate) <= self.at:",
            "if begun_at(mandate) <= self.at:",
        ),
        (
            "an account declared with a later request pays before (A17)",
            "if it.closing is None and begun_at(it) <= self.at)",
            "if it.closing is None)",
        ),
        (
            "services of a closed request can still be paid for (A21)",
            "if it.closing is None and begun_at(it) <= self.at)",
            "if begun_at(it) <= self.at)",
        ),
        (
            "what is requested again while both hold it is a repeat (A18)",
            "if other is not request and not (other.is_held(self.at) and request.is_held(self.at)):",
            "if other is not request:",
        ),
        (
            "what is requested again is no repeat once one of both holds it (A18)",
            "not (other.is_held(self.at) and request.is_held(self.at)):",
            "not (other.is_held(self.at) or request.is_held(self.at)):",
        ),
        (
            "a renewal repeats what it renews (A18)",
            "for service in self.left(request):",
            "for service in request.services:",
        ),
        (
            "a request that was renewed goes on asking (A16)",
            "again[earlier] |= again[request.id] | own",
            "again[earlier] |= again[request.id]",
        ),
        (
            "a file number is advised of every service (2.3)",
            "return service.open_to_file_number or not isinstance(self.organisation, FileNumber)",
            "return bool(service)",
        ),
        (
            "a mandate can be issued from a request that needs none (2.14)",
            "able = (it for it in self.live if any(service.needs_mandate for service in it.services))",
            "able = iter(self.live)",
        ),
        (
            "of two mandates of one account the last one issued counts, registered or not",
            "return mandate.is_registered(self.at), lives, -left, mandate.origin.at, mandate.id",
            "return False, lives, 0, mandate.origin.at, mandate.id",
        ),
    ),
    *_in(
        "portfolio/_payments.py",
        (
            "a payment uses any account of the company (A17)",
            "return any(self.account in self.now.declared[space] for space in self._spaces)",
            "return any(self.account in it for it in self.now.declared.values())",
        ),
        (
            "a payment needs no declared account (2.13)",
            "        if not self._declared:\n            declared",
            "        if not self._declared and self.service.needs_mandate:\n            declared",
        ),
        (
            "the mandate of another company pays",
            "if it.organisation == company)",
            "if it.organisation)",
        ),
        (
            "a payment before the registration is refused as if nothing was sent (2.19)",
            '("payment.mandate_later", "2.19")',
            '("payment.mandate_on_its_way", "2.20")',
        ),
    ),
    *_in(
        "portfolio/_agenda.py",
        (
            "an account with a mandate on its way is to have another one (A8)",
            "if mandate is not None and not mandate.is_over(now.at):\n            yield from",
            "if mandate is not None and mandate.is_registered(now.at):\n            yield from",
        ),
        (
            "nobody is told of a repeat (A18)",
            "for other_id, services in repeats[request.id].items():",
            "for other_id, services in ():",
        ),
        ("nobody is told which services are missing (2.12)", "useful = now.missing()", "useful = ()"),
    ),
    *_in(
        "portfolio/_plan.py",
        (
            "a plan asks for what is held already",
            "if activation is not None and activation.state is ActivationState.ACTIVE:",
            "if activation is not None and activation.state is None:",
        ),
        (
            "a plan asks anew where a letter is on its way",
            "            validated_on=civil_day(request.since),\n",
            "            validated_on=None,\n",
        ),
        ("a plan waits for a letter that was seen", "return begun if source.is_seen else max(", "return max("),
        (
            "a plan takes our own letter for seen (A3)",
            "is_seen=activation.letter is not None and request.held_elsewhere,",
            "is_seen=activation.letter is not None,",
        ),
        (
            "a plan has a mandate issued beside a registered one (A8)",
            "if not mandate.has_lapsed and inquiry.is_there(mandate):",
            "if mandate.idle is None and inquiry.is_there(mandate):",
        ),
        (
            "a plan counts on the safe end of a mandate that is only estimated (A19)",
            "closes if idle.estimated else civil_day(idle.safe_until)",
            "civil_day(idle.safe_until)",
        ),
        (
            "a plan pays by a mandate that has ended by then (F1)",
            "if max(payable, begun) <= it.safe_until and (",
            "if begun <= it.safe_until and (",
        ),
        (
            "a plan declares no account (A17)",
            "return request.space_id not in self.declared.get(account, ())",
            "return request.space_id is None",
        ),
        (
            "a plan declares an account in each space though it is there",
            "return request.space_id not in self.declared.get(account, ())",
            "return account not in request.accounts",
        ),
        (
            "a plan goes on from what is closed (A21)",
            "return case.closing is None and begun_at(case) <=",
            "return begun_at(case) <=",
        ),
        (
            "a plan goes on from a code that may end before it comes (A3)",
            "return None if source.safe_until is None or entered > source.safe_until else entered",
            "return entered",
        ),
        (
            "a plan renews no request that is over (A16)",
            "renewed = next((it for it in reversed(self.requests) if self._can_renew(it, services)), None)",
            "renewed = None",
        ),
        (
            "a plan renews whatever lapsed under the rule of the letter (2.11)",
            'rule = "2.11" if renewed.activation is None else "3.4"',
            'rule = "3.4"',
        ),
        (
            "a plan has a third party ask where the company asked itself (3.2)",
            "applicant = self.inquiry.applicant or source.request.applicant or Applicant.THIRD_PARTY",
            "applicant = Applicant.THIRD_PARTY",
        ),
        (
            "a plan begins a mandate's way again that was signed",
            "inquiry.left[mandate.state]",
            "inquiry.left_anew",
        ),
        (
            "a plan has a link used after its end",
            "return min(source.link_until, self.inquiry.links[begun])",
            "return self.inquiry.links[begun]",
        ),
    ),
    *_in(
        "cases/_mandate.py",
        (
            "a mandate does not know the representative whom its request named (2.16)",
            "signs = form.legal_representative if legal_representative is None else legal_representative",
            "signs = legal_representative",
        ),
        ("any name signs a mandate (2.16)", "if any(map(given.same_as, known)):", "if known:"),
        (
            "a name signs though nobody said who may (2.16)",
            'raise MandateRefusedError("signatory.unknown", signatory=str(given), rule=rule)',
            "return True",
        ),
        (
            "a new representative is noted, and the old one signs (2.16)",
            "if begins <= last and not over:",
            "if begins == EVER:",
        ),
        (
            "whoever was named last signed, whenever that was (A14)",
            "if begins <= last and not over:",
            "if since == max(told for _, told, _ in turns):",
        ),
        (
            "an account has two mandates at a bank that had one before (A8, A19)",
            "if taken:\n            rule",
            "if taken and seen is None:\n            rule",
        ),
        (
            "an account keeps its mandate once that is closed (A21)",
            "and not one.is_over(at) and not one.is_closed",
            "and not one.is_over(at)",
        ),
        (
            "an account keeps its mandate once that is over (F1)",
            "and not one.is_over(at) and not one.is_closed",
            "and not one.is_closed",
        ),
        (
            "the mandate of one company is that of any (A8)",
            "return self.organisation == organisation and self.account == account",
            "return self.account == account",
        ),
        (
            "a mandate is issued from a request that is over (3.4)",
            '(adhesion.is_over(at), "2.11"',
            '(adhesion.has_lapsed, "2.11"',
        ),
        (
            "a mandate taken over without a use is safe for 36 months (A19)",
            "attrs.evolve(last, safe_until=last_instant(seen, zone), estimated=True)",
            "attrs.evolve(last, estimated=True)",
        ),
        (
            "a mandate taken over ends 36 months after the use that is known (A19)",
            "return _safe_as(known, last)",
            "return known",
        ),
        (
            "a collection of a mandate taken over makes its end known, though it came before it was seen (A19)",
            "return _safe_as(other, _as_set(mandate, last))",
            "return other",
        ),
        (
            "a use before it was seen makes no estimate safer (A19)",
            "return _safe_as(other, _as_set(mandate, last))",
            "return last",
        ),
        (
            "the last collection told counts, and not the latest (A15)",
            "return _later(self, event.deadline)",
            "return event.deadline",
        ),
        (
            "a mandate whose lapse was recorded is brought back by any collection (A15)",
            "return idle is not None and not idle.has_passed(recorded_at)",
            "return idle is not None",
        ),
        (
            "a collection follows the last one",
            "return mandate.origin.followed_by(mandate.registered_at or mandate.since)",
            "return mandate.recorded_at",
        ),
        (
            "a mandate's day of registration is that of its telling (A22)",
            'until=latest(at, head["recorded_at"], head["day"])',
            "until=at",
        ),
        (
            "the notice of a mandate goes to nobody that asked",
            "requester=adhesion.contact,",
            "requester=adhesion.origin.form.company_email or adhesion.contact,",
        ),
    ),
    *_in(
        "cases/_activation.py",
        (
            "what was awaited when it was seen may have ended before (A19)",
            "closes=max(deadline.closes, alive))",
            "closes=deadline.closes)",
        ),
        (
            "a request taken over had its letter posted at once, link or no link (A19)",
            "used = rulebook.starting(rulebook.link_use, last_instant(requested, zone)).closes if linked else None",
            "used = None",
        ),
        (
            "a request taken over of which nothing is known is safe for 60 days (A19)",
            "return attrs.evolve(deadline, safe_until=safe_until, reminders=",
            "return attrs.evolve(deadline, reminders=",
        ),
        (
            "the days of a letter are those of Paris in every rulebook",
            "return time_zone(duration.zone)\n\n\ndef estimate",
            "return time_zone(PARIS)\n\n\ndef estimate",
        ),
        (
            "a code may be entered before the day that its letter bears (A14)",
            "return max(adhesion.followed, first_instant(letter, letter_zone(adhesion.rulebook)))",
            "return adhesion.followed",
        ),
        (
            "a code that the portal took late is refused though nobody knows the letter's day (A15)",
            "return _deadline(adhesion).estimated or in_time(adhesion, at)",
            "return in_time(adhesion, at)",
        ),
        (
            "a letter bears no day before the link's use was told (A3)",
            "earliest = the_request(adhesion) if adhesion.held_elsewhere else adhesion.since",
            "earliest = adhesion.since",
        ),
        ("a letter bears a day that is to come (A3)", "or not first <= edited <= last:", "or not first <= edited:"),
        (
            "the day of a letter brings back any request that lapsed (A15)",
            "return not rulebook.starting(rulebook.services_activation, edited).has_passed(recorded_at)",
            "return edited is not None and recorded_at is not None",
        ),
        (
            "the days of our own letter run from the use of the link, however late it is told (A2)",
            'posted = head["recorded_at"]',
            'posted = head["at"]',
        ),
        (
            "an account is declared for a request that pays nothing (2.13)",
            "if any(service.pays for service in adhesion.services):",
            "if adhesion.services:",
        ),
        (
            "an account is declared twice (A17)",
            '    if adhesion.declares(account):\n        raise AccountRefusedError("account.repeated"',
            '    if not account:\n        raise AccountRefusedError("account.repeated"',
        ),
        (
            "an account told late follows all that came since (A17)",
            "return adhesion.origin.followed if isinstance(adhesion.origin, TakenOver) else adhesion.origin.at",
            "return adhesion.followed",
        ),
        ("a letter not seen is never chased (F2)", "return announced is not None and at > announced", "return False"),
        (
            "whoever asks for himself is told to ask the company (3.2)",
            "return adhesion.applicant is Applicant.THIRD_PARTY",
            "return adhesion.applicant is not None",
        ),
    ),
    *_in(
        "cases/_openings.py",
        (
            "our own hours run from the asking, however late it is told (A2)",
            "return rulebook.starting(limit, recorded_at)",
            "return rulebook.starting(limit, at)",
        ),
        (
            "of a day in which a link was sent the hours begin at midnight (A22)",
            "return rulebook.starting(limit, at, until=latest(at, recorded_at, day))",
            "return rulebook.starting(limit, at)",
        ),
        (
            "what is taken over was seen on a day of UTC",
            'return day_known("seen", seen, civil_day(recorded_at))',
            'return day_known("seen", seen, recorded_at.date())',
        ),
    ),
    *_in(
        "cases/_adhesion.py",
        (
            "a renewal takes any company's form (A16)",
            "elif isinstance(form, AdhesionForm) and form.organisation != self.organisation:",
            "elif not isinstance(form, AdhesionForm):",
        ),
        (
            "a renewal does not take the form that corrects (A16)",
            "        if form is None:\n            form = self._same(rulebook)",
            "        if form is not None or form is None:\n            form = self._same(rulebook)",
        ),
        (
            "a renewal leaves out the accounts that were declared since (A16)",
            "return _under(rulebook, attrs.evolve(form, bank_accounts=self.accounts))",
            "return _under(rulebook, form)",
        ),
        (
            "what is declared later does not pay (A17)",
            "return (*self.origin.form.bank_accounts, *self.later_accounts)",
            "return self.origin.form.bank_accounts",
        ),
        (
            "the link goes to whoever asked, and not to the company (2.8)",
            "deadline=deadline, to=email, token=token",
            "deadline=deadline, to=origin.requester, token=token",
        ),
        (
            "a request can be older than its space (1.12)",
            "check_after(at, space, since=active_from, day=day)",
            "check_after(at, space, since=at, day=day)",
        ),
        ("a renewal forgets what it renews (A16)", "renews=self.id,", "renews=None,"),
        (
            "services are held whenever they are asked about (3.5)",
            "return self.stage is ActivationState.ACTIVE and self.since <= at",
            "return self.stage is ActivationState.ACTIVE",
        ),
        (
            "a code proves the use of a link that is ours (A23)",
            "(held_elsewhere, letter_can_bear),\n            after=the_request,\n        ),",
            "(letter_can_bear,),\n            after=the_request,\n        ),",
        ),
    ),
    *_in(
        "cases/_space.py",
        ("a space that lapsed is a space (1.12)", "if space.state is not _ACTIVE:", "if space.state is _PENDING:"),
        (
            "a lapse that is ours to know is corrected too (A15)",
            "(held_elsewhere, in_time, opens_the_space), corrects",
            "(in_time, opens_the_space), corrects",
        ),
        (
            "a space taken over is written to at the company",
            "        return self.origin.email\n\n    @property\n    def user",
            '        return EmailAddress("a@b.fr")\n\n    @property\n    def user',
        ),
    ),
    *_in(
        "cases/_history.py",
        ("a fact is withdrawn though later ones rely on it (A20)", "    if relying:", "    if relying is None:"),
        (
            "what our clock decided on a withdrawn fact stands, and relies on it (A20)",
            "elif isinstance(event, (Lapse, Reminder)):",
            "elif isinstance(event, Reminder):",
        ),
        (
            "a fact is withdrawn twice (A20)",
            '(version in gone, "withdrawal.repeated")',
            '(False, "withdrawal.repeated")',
        ),
        (
            "the validation of a request is withdrawn, and its opening stands (A20)",
            "or any(not hasattr(type(case), row.trigger) for row in rows)",
            "or not rows",
        ),
        (
            "a withdrawal is no telling: older ones may follow it (A14)",
            "return attrs.evolve(case, version=event.version, recorded_at=event.recorded_at)",
            "return attrs.evolve(case, version=event.version)",
        ),
        (
            "a lapse is withdrawn (A20)",
            '(isinstance(fact, (Lapse, Reminder)), "withdrawal.clock")',
            '(isinstance(fact, Reminder), "withdrawal.clock")',
        ),
    ),
    *_in(
        "cases/_case.py",
        (
            "reminders and notices go to the organisation of the case",
            '"to": case.contact,',
            '"to": case.link_sent_to or case.contact,',
        ),
        (
            "a lapse is presumed of what is held here as well (A15)",
            "presumed=case.held_elsewhere),)",
            "presumed=True),)",
        ),
    ),
    *_in(
        "core/_snapshot.py",
        (
            "the time limit of a closed case stops (A21)",
            "runs = self.due_at is not None or (self.closing is not None and self.stage in self.table.running)",
            "runs = self.due_at is not None",
        ),
        (
            "of a closed case things are still to be done (A21)",
            "        if self.closing is not None:\n            return\n        table = self.table",
            "        table = self.table",
        ),
        (
            "the clock ends a case that is closed (A21)",
            "return turns[0].clocked and is_not_closed(case, at)",
            "return turns[0].clocked",
        ),
        (
            "a reopened case has nothing due (A21)",
            "if runs and closing is None:",
            "if runs and self.closing is None and closing is None:",
        ),
        (
            "a fact told late has its reminders again that were past (A14)",
            "due_at = None if deadline is None else deadline.due_after(recorded_at)\n        case: Self = _succ",
            "due_at = None if deadline is None else deadline.due_after(event.at)\n        case: Self = _succ",
        ),
        (
            "a reminder orders what is told after it (A14)",
            "self.recorded_at if isinstance(event, Reminder) else recorded_at,",
            "recorded_at,",
        ),
        (
            "a history goes back: what is told is not ordered (A14)",
            "if turns and turns[0].makes is None:\n        return False",
            "if turns:\n        return False",
        ),
        (
            "a fact of a day is judged by its first instant alone (A22)",
            "return sorted(it for it in changes if first <= it <= last), recorded_at",
            "return sorted(it for it in changes if first == it), recorded_at",
        ),
        (
            "a fact of a day ends with the day, told before its end or not (A22)",
            "return at if day is None else min(last_instant(day, time_zone(PARIS)), recorded_at)",
            "return at if day is None else last_instant(day, time_zone(PARIS))",
        ),
        (
            "what opens a case on the day of another fact comes before it (A22)",
            "        first = after\n",
            "        first = min(first, after)\n",
        ),
        (
            "people are shown the last day while the safe one is ahead (A3)",
            "ahead = (day for day in (own, deadline.safe_until) if day is not None and at <= day)",
            "ahead = (day for day in (own, deadline.closes) if day is not None and at <= day)",
        ),
        (
            "what is over and not recorded is advised as if it ran",
            "table.advice(table.lapsed if over and table.lapsed is not None else self.stage)",
            "table.advice(self.stage)",
        ),
    ),
    *_in(
        "core/_events.py",
        (
            "what is taken over is there since it was seen, whatever is known (A19)",
            "return first_instant(self.known_from or self.seen, time_zone(PARIS))",
            "return first_instant(self.seen, time_zone(PARIS))",
        ),
    ),
    *_in(
        "forms/_forms.py",
        (
            "Messaging beside another service needs no e-mail address of the company (2.7)",
            'messaging and not values.get("company_email")',
            'len(messaging) == len(services) and not values.get("company_email")',
        ),
        (
            "one Pay service alone needs no account (2.13)",
            'paying and not values.get("bank_accounts")',
            'len(paying) > 1 and not values.get("bank_accounts")',
        ),
        (
            "a file number opens one service besides (2.3)",
            'closed and isinstance(values.get("organisation"), FileNumber)',
            'len(closed) > 1 and isinstance(values.get("organisation"), FileNumber)',
        ),
    ),
    # Those below were written once the vectors found all of the above, and survived at first.
    *_in(
        "cases/_activation.py",
        (
            "a request taken over counts from its own day, though that of its letter is known (A3)",
            "if edited is not None:\n        return rulebook.starting(",
            "if edited is not None and requested is None:\n        return rulebook.starting(",
        ),
    ),
    *_in(
        "cases/_adhesion.py",
        (
            "the link is asked of the first service alone (2.7)",
            "return any(service.needs_company_email for service in _under(rulebook, form).services)",
            "return _under(rulebook, form).services[0].needs_company_email",
        ),
    ),
    *_in(
        "cases/_mandate.py",
        (
            "a mandate is issued for any account once one was declared later (2.13)",
            '(not adhesion.declares(account), "2.13"',
            '(not adhesion.declares(account) and not adhesion.later_accounts, "2.13"',
        ),
        (
            "a mandate is issued for any tax, CFE as well (2.14)",
            '(not any(service.needs_mandate for service in adhesion.services), "2.14"',
            '(not any(service.pays for service in adhesion.services), "2.14"',
        ),
    ),
    *_in(
        "core/_snapshot.py",
        (
            "a fact may have happened before the one that it follows (A14)",
            "if at < what_is_followed(case, turns):",
            "if turns[0].after is not None and at < what_is_followed(case, turns):",
        ),
    ),
    *_in(
        "portfolio/_model.py",
        (
            "what was closed by mistake is left to others (A21)",
            "case.closing.reason not in {Reason.MISTAKE, Reason.REPEATED}",
            "case.closing.reason is not None",
        ),
    ),
    *_in(
        "portfolio/_agenda.py",
        (
            "what was renewed in part is asked for as a whole (A16)",
            "yield step if left == step.services else attrs.evolve(step, services=left)",
            "yield step",
        ),
    ),
    *_in(
        "portfolio/_plan.py",
        (
            "a plan issues a mandate beside one that lives (A8)",
            "issued_on = max([begun, *(it.closes + _ONE_DAY for it in live)]) if live else begun",
            "issued_on = begun",
        ),
        (
            "a plan does not go on to the safe day itself (A3)",
            "return None if source.safe_until is None or entered > source.safe_until else entered",
            "return None if source.safe_until is None or entered >= source.safe_until else entered",
        ),
        (
            "a plan counts on what was there only after its first day",
            "return case.closing is None and begun_at(case) <= self._known_until",
            "return case.closing is None",
        ),
    ),
    *_in(
        "cases/_openings.py",
        (
            "what is taken over was seen on a day that is to come (A19)",
            'return day_known("seen", seen, civil_day(recorded_at))',
            'return day_known("seen", seen, date.max)',
        ),
    ),
    *_in(
        "cases/_adhesion.py",
        (
            "services are taken over into a space that is not active (1.12)",
            "check_active(space, None)\n        at, ",
            "check_kind(space, Space, what='space')\n        at, ",
        ),
        (
            "what is taken over was held, or requested, after it was seen (A19)",
            "day_known(name, it, seen)",
            "day_known(name, it, date.max)",
        ),
        (
            "a letter is older than its request, where both are taken over (A19)",
            'day_known("requested", asked, edited)',
            'day_known("requested", asked, seen)',
        ),
        (
            "services are held and awaited at once (A19)",
            'if awaited and days["since"] is not None:',
            'if awaited and days["since"] is seen:',
        ),
    ),
    *_in(
        "cases/_mandate.py",
        (
            "a mandate is taken over into a space that is not active (1.12)",
            "check_active(space, None)\n        at, ",
            "check_kind(space, Space, what='space')\n        at, ",
        ),
        (
            "a mandate collected after it was seen (A19)",
            'day_known("last_collected", last_collected, seen)',
            'day_known("last_collected", last_collected, date.max)',
        ),
        (
            "a mandate collected before it was registered (A19)",
            'day_known("registered", registered, collected or seen)',
            'day_known("registered", registered, seen)',
        ),
        (
            "a mandate is taken over beside another one of its account (A8)",
            '        if taken:\n            rule = rulebook.rule("A8")',
            '        if not account:\n            rule = rulebook.rule("A8")',
        ),
    ),
    *_in(
        "cases/_history.py",
        (
            "a withdrawal is told before the last fact was (A14)",
            "check_told_after(recorded_at, case)\n    fallen",
            "check_told_after(max(recorded_at, case.recorded_at), case)\n    fallen",
        ),
        (
            "a fact is withdrawn before it was told (A14)",
            'check_after(at, case, since=fact.recorded_at, follows="what_is_withdrawn", day=day)',
            'check_after(at, case, since=case.origin.at, follows="what_is_withdrawn", day=day)',
        ),
    ),
    *_in(
        "portfolio/_model.py",
        (
            "a company that has left is told what it misses (A21)",
            "        if self.record.has_left:\n",
            "        if self.record.has_left is None:\n",
        ),
        (
            "whoever closed a case by mistake has left (A21)",
            "return all(case.is_closed for case in cases) and any(map(is_left, cases))",
            "return all(case.is_closed for case in cases)",
        ),
        (
            "a company has left with one of its requests (A21)",
            "return all(case.is_closed for case in cases) and any(map(is_left, cases))",
            "return any(map(is_left, cases))",
        ),
    ),
    # Those below survived until an implementation was written from the rules alone, and broken on purpose (version 5).
    *_in(
        "cases/_activation.py",
        (
            "a request that awaits its code is renewed from any space (3.3)",
            'Row("renew", _AWAITING, _AWAITING, None, (from_the_space_that_asked,)),',
            'Row("renew", _AWAITING, _AWAITING, None),',
        ),
        (
            "an account is declared for active services that pay nothing (2.13)",
            'Row("declare_account", _ACTIVE, _ACTIVE, AccountDeclared, (pays, account_is_new), after=the_request),',
            'Row("declare_account", _ACTIVE, _ACTIVE, AccountDeclared, (account_is_new,), after=the_request),',
        ),
        (
            "an account that was declared later is declared again (A17)",
            "    if adhesion.declares(account):\n",
            "    if account in adhesion.origin.form.bank_accounts:\n",
        ),
        (
            "a code is older than its request, on the day that its letter bears (A14)",
            "return max(adhesion.followed, first_instant(letter, letter_zone(adhesion.rulebook)))",
            "return first_instant(letter, letter_zone(adhesion.rulebook))",
        ),
        (
            "of a request made on the day it was seen, the link is used after that (A19)",
            "used and min(used, alive))",
            "used)",
        ),
        (
            "a letter is overdue at the last instant at which it is announced (F2)",
            "return announced is not None and at > announced",
            "return announced is not None and at >= announced",
        ),
    ),
    *_in(
        "cases/_mandate.py",
        (
            "of two ends alike the estimated one counts (A19)",
            "key=lambda it: (it.closes, not it.estimated, it.opened))",
            "key=lambda it: (it.closes, it.estimated, it.opened))",
        ),
        (
            "a collection 36 months before the day that was seen is taken for unknown (A19)",
            "known.closes >= first_instant(seen, zone):",
            "known.closes > last_instant(seen, zone):",
        ),
    ),
    *_in(
        "rulebook/_rulebook.py",
        (
            "the last reminder of a letter comes two days ahead",
            "duration=CivilDays(60, PARIS), reminders=(15, 5, 1)),",
            "duration=CivilDays(60, PARIS), reminders=(15, 5, 2)),",
        ),
        (
            "a letter is reminded of twice",
            "duration=CivilDays(60, PARIS), reminders=(15, 5, 1)),",
            "duration=CivilDays(60, PARIS), reminders=(15, 5)),",
        ),
    ),
    *_in(
        "cases/_space.py",
        (
            "a request is no older than the telling of the space that was taken over (A19)",
            "check_after(at, space, since=space.followed)",
            "check_after(at, space, since=space.since)",
        ),
    ),
)


def survivors(faults: tuple[Mutant, ...]) -> Iterator[Mutant]:
    """Those of the faults that the vectors do not find; each result is printed as it comes."""
    with ThreadPoolExecutor(2) as pool:
        for fault, found in zip(faults, pool.map(is_found, faults), strict=True):
            print(f"{'found' if found else 'SURVIVES'}: {fault}", flush=True)
            if not found:
                yield fault


def is_found(fault: Mutant) -> bool:
    """Whether the vectors of either level find a fault; raises RuntimeError for a library that does not even begin."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / PACKAGE.name
        shutil.copytree(PROJECT / PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        broken = copy / fault.file
        broken.write_text(fault.applied(broken.read_text("utf-8")), "utf-8")
        return any(_differs(level, Path(folder), fault) for level in (1, 2))


def _differs(level: int, source: Path, fault: Mutant) -> bool:
    command = [sys.executable, str(RUNNER), str(level), sys.executable, str(ADAPTER)]
    environment = os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=False, env=environment, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return True
    if "no answer to {'do': 'begin'" in done.stderr:
        raise RuntimeError(f"{fault}: the library does not begin\n{done.stderr[-2_000:]}")
    return done.returncode != 0


def main(words: list[str]) -> int:
    """Try the faults, or those that these words name, and say how many survive."""
    chosen = tuple(it for it in FAULTS if not words or any(word in str(it) for word in words))
    left = list(survivors(chosen))
    print(f"{len(chosen) - len(left)} of {len(chosen)} faults are found by the vectors")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
