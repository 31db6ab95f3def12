"""What somebody would break by hand: a file, what it means, a text that stands there once, and the one in its place.

Rows of a file share the tests that are tried first. A text that has gone is an error: find what says it now.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.heavy.meaning_mutants import Mutant


def _in(file: str, first: str, *rows: tuple[str, str, str]) -> Iterator[Mutant]:
    """The mutants of one file: what each means, the text before, the text after."""
    return (Mutant(what, file, before, after, first) for what, before, after in rows)


MEANINGS: Final[tuple[Mutant, ...]] = (
    *_in(
        "shells/_sweep.py",
        "tests/shells/test_sweep.py",
        (
            "mandates are skipped by `lines`",
            "if not case.is_due(self.at) or",
            'if case.kind == "mandate" or not case.is_due(self.at) or',
        ),
        ("reminders are counted twice", "self._reminded[event.kind] += 1", "self._reminded[event.kind] += 2"),
        ("reminders are counted under the kind of the case", "self._reminded[event.kind]", "self._reminded[case.kind]"),
        (
            "presumed lapses are counted under the kind of the case",
            "self._presumed[event.kind]",
            "self._presumed[case.kind]",
        ),
        (
            "whether a lapse is presumed is asked of the case before it",
            "if decision.case.is_presumed:",
            "if case.is_presumed:",
        ),
        ("all lapses of a report are presumed ones", "lapsed=Counter(self._lapsed)", "lapsed=Counter(self._presumed)"),
        (
            "the sum of two reports takes lapses of one for reminders",
            "reminded=self.reminded + other.reminded",
            "reminded=self.reminded + other.lapsed",
        ),
        (
            "the sum of two reports takes lapses of one for presumed ones",
            "presumed=self.presumed + other.presumed",
            "presumed=self.presumed + other.lapsed",
        ),
        (
            "the sum of two reports puts the rejections of the second first",
            "self.rejected + other.rejected",
            "other.rejected + self.rejected",
        ),
        (
            "the sum of two reports counts what was due as seen",
            "seen=self.seen + other.seen",
            "seen=self.seen + other.due",
        ),
        ("what is due at this very instant waits for the next night", "or due_at > at:", "or due_at >= at:"),
        (
            "a line that is due at this very instant waits for the next night",
            "due_at > mark else",
            "due_at >= mark else",
        ),
        (
            "only the first of a host's rulebooks is known",
            "(*self.rulebooks, EXPERT_2024_04_03)",
            "(*self.rulebooks[:1], EXPERT_2024_04_03)",
        ),
        (
            "a host's rulebook of the shipped version is not preferred",
            "(*self.rulebooks, EXPERT_2024_04_03)",
            "(EXPERT_2024_04_03, *self.rulebooks)",
        ),
        ("the line that is given is the case before the decision", "return dumps(decision.case)", "return dumps(case)"),
        (
            "a refused case is known by its kind",
            "self.reject(case.id, refusal, case)",
            "self.reject(case.kind, refusal, case)",
        ),
        (
            "a line that does not read loses its end",
            "self.reject(None, error, line)",
            "self.reject(None, error, line.strip())",
        ),
        (
            "a second pass over lines forgets what the first has seen",
            "self._seen += seen\n\n    def _swept",
            "self._seen = seen\n\n    def _swept",
        ),
        ("`sweep_lines` forgets the rulebooks", "Sweep(at=at, rulebooks=rulebooks)", "Sweep(at=at)"),
    ),
    *_in(
        "shells/_carrying.py",
        "tests/shells/test_carrying.py",
        ("the last message is not sent", "enumerate(unsent):", "enumerate(unsent[:-1] or unsent):"),
        ("the message that failed is not among the unsent", "unsent[place:]", "unsent[place + 1 :]"),
        ("the unsent are those that were sent", "unsent[place:]", "unsent[: place + 1]"),
        ("all messages of the decision are counted as unsent", "count=len(unsent)", "count=len(decision.messages)"),
        ("the journal is called the notifier", 'yield "the journal", journal', 'yield "the notifier", journal'),
    ),
    *_in(
        "portfolio/_company.py",
        "tests/portfolio/test_portfolio.py",
        (
            "the name of a company is the first one that was given",
            "reversed(self.adhesions) if it",
            "self.adhesions if it",
        ),
    ),
    *_in(
        "portfolio/_portfolio.py",
        "tests/portfolio/test_portfolio.py",
        (
            "a company with nothing but mandates is none",
            "if company.adhesions or company.mandates}",
            "if company.adhesions}",
        ),
        (
            "an estimate is forgotten from its safe day on (defect 4)",
            "limit.safe_until if limit.estimated else limit.closes",
            "limit.closes",
        ),
        ("what ends on the last day is not at risk", "_ends(limit) <= last", "_ends(limit) < last"),
        (
            "the request that repeats and the one that is repeated change places",
            "adhesion=request, other=other)",
            "adhesion=other, other=request)",
        ),
        (
            "a renewal is known by the request that is renewed",
            "{earlier: later for later, earlier in company.renewals.before.items()}",
            "dict(company.renewals.before)",
        ),
        (
            "a row says when it was told where it should say when it happened",
            "civil_day(case.origin.at)",
            "civil_day(case.origin.recorded_at)",
        ),
        ("the safe day of a row is the last one", "civil_day(running.safe_until)", "civil_day(running.closes)"),
        ("the last day of a row is the safe one", "civil_day(running.closes)", "civil_day(running.safe_until)"),
        (
            "what is due in a row is the end of the time limit",
            '"due_at": case.due_at',
            '"due_at": None if case.deadline is None else case.deadline.lapses_at',
        ),
        (
            "what runs elsewhere is presumed over",
            '"presumed": over and case.held_elsewhere',
            '"presumed": case.held_elsewhere',
        ),
        ("what is over is presumed so", '"presumed": over and case.held_elsewhere', '"presumed": over'),
        (
            "the services of a row are their titles",
            "service.code for service in case.services",
            "service.title for service in case.services",
        ),
        (
            "the name of a row is the one that the request gave",
            "row = _row(request, name, at)",
            "row = _row(request, request.company_name, at)",
        ),
        (
            "companies come in the order of the input (defect 11)",
            "sorted(found.items(), key=",
            "dict(found).items() or (",
        ),
        (
            "a company's page knows nothing of its spaces (defect 11)",
            "for it in dict.fromkeys(it.space_id for it in gathered.adhesions) if it in spaces",
            "for it in ()",
        ),
        (
            "mandates that are given beside are not looked at",
            "Portfolio((*known, *besides))",
            "Portfolio(known)",
        ),
    ),
    *_in(
        "cases/_case.py",
        "tests/portfolio/test_portfolio.py tests/portfolio/test_defects.py",
        (
            "the first snapshot of a case is the case (defect 9)",
            "if case.version > known.version:",
            "if case.version < 0:",
        ),
    ),
    *_in(
        "portfolio/_model.py",
        "tests/portfolio/test_renewals.py tests/portfolio/test_portfolio.py tests/portfolio/test_defects.py",
        (
            "what is asked for later is there already (defect 10)",
            "it.closing is None and begun_at(it) <= self.at",
            "it.closing is None",
        ),
        (
            "what is closed goes on",
            "it.closing is None and begun_at(it) <= self.at",
            "begun_at(it) <= self.at",
        ),
        (
            "a replaced request is silent for all its services (defect 2)",
            "frozenset(request.services) if request.id in counting else _NOTHING",
            "frozenset(it for one in self.requests for it in one.services) if request.id in counting else _NOTHING",
        ),
        ("a renewal of a renewal counts for the last one only", "again[request.id] | own", "own"),
        (
            "a request that is over silences what it renews",
            "return self._in_place_of(self._live_ids)",
            "return self._ever_again",
        ),
        (
            "what a lapsed renewal asked for is asked for by both",
            "self.has | self._ever_again.get(request.id, _NOTHING)",
            "self.has",
        ),
        (
            "a service is repeated from the request before, not from the first",
            "other = has.setdefault(service, request)\n",
            "other = has.get(service, request)\n                has[service] = request\n",
        ),
        (
            "a chain of renewals repeats itself (defect 8)",
            "for service in self.left(request):\n                other",
            "for service in request.services:\n                other",
        ),
        (
            "a repetition is said for ever (defect 8)",
            "if other is not request and not (other.is_held(self.at) and request.is_held(self.at)):",
            "if other is not request:",
        ),
        (
            "what is awaited hides what is held",
            "(Standing.LAPSED, Standing.AWAITED, Standing.HELD)",
            "(Standing.LAPSED, Standing.HELD, Standing.AWAITED)",
        ),
        (
            "the catalogue is that of the first request",
            "self.adhesions[-1].rulebook.catalogue",
            "self.adhesions[0].rulebook.catalogue",
        ),
        (
            "a file number can ask for anything (defect 10)",
            "service.open_to_file_number or not isinstance(self.organisation, FileNumber)",
            "bool(service)",
        ),
        (
            "an account asks for its mandate by the first request that has it",
            "for request in able for account in request.accounts}",
            "for request in reversed([*able]) for account in request.accounts}",
        ),
        (
            "only the first account of a request needs a mandate",
            "for account in request.accounts}",
            "for account in request.accounts[:1]}",
        ),
        (
            "a mandate is issued from a request that needs none (defect 3)",
            "if any(service.needs_mandate for service in it.services))",
            "if it.services)",
        ),
        (
            "of two mandates the one issued last goes on, however far the other has come",
            "lives, -left, mandate.origin.at",
            "lives, mandate.origin.at, -left",
        ),
    ),
    *_in(
        "portfolio/_agenda.py",
        "tests/procedure/test_next_steps.py tests/portfolio/test_portfolio.py tests/portfolio/test_defects.py",
        ("steps are ordered by their last instant", "it.by or NEVER", "it.closes or NEVER"),
        (
            "equal steps come in the order of the input (defect 11)",
            "(it.by or NEVER, place_of(it.organisation))",
            "it.by or NEVER",
        ),
        ("what a request repeats is itself", "other=other_id", "other=request.id"),
        ("all services of a request are repeated", "services=tuple(services)", "services=request.services"),
        ("only the first useful service is advised", "services=useful,", "services=useful[:1],"),
        ("steps of unwanted services are told", "        elif left:\n", "        else:\n"),
        (
            "a new mandate names the lapsed one (defect 3)",
            "case_id=request.id,\n        organisation=request.organisation,\n        account=account,",
            "case_id=(mandate or request).id,\n        organisation=request.organisation,\n        account=account,",
        ),
    ),
    *_in(
        "portfolio/_renewals.py",
        "tests/portfolio/test_renewals.py",
        (
            "of two requests of a service the one told first is the earlier",
            "begun_at(earlier) <= begun_at(later)",
            "earlier.origin.recorded_at <= later.origin.recorded_at",
        ),
        (
            "a request of another company is renewed",
            "(later.organisation, later.space_id) == (earlier.organisation, earlier.space_id)",
            "later.space_id == earlier.space_id",
        ),
        (
            "a request of another space is renewed",
            "(later.organisation, later.space_id) == (earlier.organisation, earlier.space_id)",
            "later.organisation == earlier.organisation",
        ),
        (
            "of two requests of one instant the order is that of their ids",
            "(begun_at(it), depths.get(it.id, 0), it.id)",
            "(begun_at(it), it.id)",
        ),
    ),
    *_in(
        "portfolio/_plan.py",
        "tests/portfolio/test_plan.py tests/portfolio/test_defects.py",
        (
            "a bank takes as long as a company",
            "str(Actor.BANK): self.leads.bank",
            "str(Actor.BANK): self.leads.company",
        ),
        (
            "the code is asked for on the day of its entry",
            "Action.ASK_FOR_CODE, arrived",
            "Action.ASK_FOR_CODE, entered",
        ),
        (
            "the code is passed on before it is asked for",
            "Action.PASS_CODE_ON, entered",
            "Action.PASS_CODE_ON, arrived",
        ),
        (
            "of two mandates in one state the one told last goes on",
            "return -len(self.left), self.mandate.origin.at",
            "return -len(self.left), self.mandate.origin.recorded_at",
        ),
        (
            "a mandate of another account pays (defect 1)",
            "self.mandates.get(account, ())",
            "[it for every in self.mandates.values() for it in every]",
        ),
        (
            "an account that was not declared in the space pays (defect 1)",
            "return request.space_id not in self.declared.get(account, ())",
            "return account not in self.declared",
        ),
        (
            "the user uses the company's link",
            "Actor.COMPANY, Action.USE_LINK, validated",
            "Actor.USER, Action.USE_LINK, validated",
        ),
        ("a plan is in the order of its rules", "key=lambda step: step.day", "key=lambda step: step.rule.id"),
        (
            "a request is renewed for one service in common",
            "and all(it in request.services for it in services)",
            "and any(it in request.services for it in services)",
        ),
        (
            "the day that matters is the one of the start",
            "wanted_by=self.inquiry.goal",
            "wanted_by=self.inquiry.start",
        ),
        ("the last day to begin is the one of the start", "return _ahead(latest,", "return _ahead(begun,"),
        (
            "the day of grace of a known letter is counted on (defect 6)",
            "safe_until=civil_day(deadline.safe_until)",
            "safe_until=civil_day(deadline.safe_until if deadline.estimated else deadline.closes)",
        ),
        (
            "a mandate is counted on until its last day (defect 6)",
            "closes if idle.estimated else civil_day(idle.safe_until)",
            "closes",
        ),
        (
            "a link is counted on for the whole day on which it ends (defect 7)",
            "return local.date() if local.time() >= _NOON else local.date() - _ONE_DAY",
            "return local.date()",
        ),
        (
            "an unwanted Messaging costs its link (defect 5)",
            "if any(service.needs_company_email for service in services):",
            "if any(it.needs_company_email for it in (*services, *(renewed.services if renewed else ()))):",
        ),
        (
            "what was there in time is too late after its day (defect 10)",
            "and it.on > self.goal",
            "and max(it.on, self.answer.begun) > self.goal",
        ),
        (
            "a service that is ready on the day itself is late",
            "and it.on > self.goal",
            "and it.on >= self.goal",
        ),
        (
            "a company goes on with the first request that has a service",
            "held_on <= best.held_on",
            "not best",
        ),
    ),
    *_in(
        "rulebook/_rulebook.py",
        "tests/rulebook/test_rulebook.py",
        (
            "rulebooks in force are chosen by the order of their names",
            "key=lambda book: book.in_force_from",
            "key=lambda book: book.version",
        ),
        ("a rulebook comes into force on the day after", "book.in_force_from <= day", "book.in_force_from < day"),
        ("the first rulebook stays in force", "return come[-1]", "return come[0]"),
        (
            "a day is that of London",
            "else civil_day(instant(at))",
            "else instant(at).date()",
        ),
        (
            "what a time limit comes to is not looked up",
            "for rule in (limit.rule, limit.past):",
            "for rule in (limit.rule,):",
        ),
        ("the last time limit is not looked at", "for name in SHIPPED_LIMITS}", "for name in SHIPPED_LIMITS[:-1]}"),
        (
            "time limits that a host adds come first",
            "for name in SHIPPED_LIMITS} | rulebook._own_limits",
            "for name in ()} | rulebook._own_limits | {name: getattr(rulebook, name) for name in SHIPPED_LIMITS}",
        ),
        (
            "two time limits change places",
            '"space_activation", "link_use", "services',
            '"link_use", "space_activation", "services',
        ),
        ("a time limit cites what follows it", "rule=self.rule(limit.rule))", "rule=self.rule(limit.past))"),
        ("a reminder at the opening is sent", "if instant > deadline.opened", "if instant >= deadline.opened"),
        ("the rule that is there once is told as repeated", "if count > 1)", "if count)"),
    ),
    *_in(
        "rulebook/catalogue.py",
        "tests/rulebook/test_catalogue.py",
        ("CFE needs a mandate", '"Payer la CFE", pays=True)', '"Payer la CFE", pays=True, needs_mandate=True)'),
        ("CVAE needs no mandate", '"Payer la CVAE", pays=True, needs_mandate=True)', '"Payer la CVAE", pays=True)'),
        (
            "what a host adds comes first",
            "Catalogue((*self.services, *services))",
            "Catalogue((*services, *self.services))",
        ),
        (
            "two taxes change places",
            "        PAY_VAT,\n        PAY_WAGE_TAX,",
            "        PAY_WAGE_TAX,\n        PAY_VAT,",
        ),
    ),
    *_in(
        "forms/_forms.py",
        "tests/forms/test_forms.py",
        (
            "Messaging without an address names what pays",
            'values.get("company_email"), messaging)',
            'values.get("company_email"), paying)',
        ),
        (
            "what pays without an account names Messaging",
            'values.get("bank_accounts"), paying)',
            'values.get("bank_accounts"), messaging)',
        ),
        (
            "only the first service that is closed to a file number is named",
            'closed and isinstance(values.get("organisation"), FileNumber), closed)',
            'closed and isinstance(values.get("organisation"), FileNumber), closed[:1])',
        ),
        (
            "only the last service that pays is named",
            "for service in services if service.pays)",
            "for service in services if service.pays)[-1:]",
        ),
        ("conflicts are told once all fields are read", "[*reading.problems, *conflicts]", "reading.problems"),
        (
            "who asks, where nobody says, is a third party",
            "return Applicant.REPRESENTATIVE",
            "return Applicant.THIRD_PARTY",
        ),
        (
            "a host's services are not known to its forms",
            'catalogue.find if field.name == "services" else',
            'CATALOGUE.find if field.name == "services" else',
        ),
    ),
    *_in(
        "forms/_fields.py",
        "tests/forms/test_forms.py",
        ("a company's name is called its address", 'one_line("company_name"', 'one_line("company_address"'),
        ("an answer is called a password", '_secret("security_answer"', '_secret("password"'),
        ("phones are French", "partial(read_phone, country=country)", 'partial(read_phone, country="FR")'),
        (
            "postal codes are French",
            "partial(read_postal_code, country=country)",
            'partial(read_postal_code, country="FR")',
        ),
        ("the BIC of a mapping is dropped", "bic if is_given(bic) else None", "None"),
        (
            "the second account is dropped",
            "read_account(value) for value in items",
            "read_account(value) for value in items[:1]",
        ),
        (
            "the order of services is that of their codes",
            "dict.fromkeys(read_service(value) for value in items)",
            "dict.fromkeys(sorted((read_service(value) for value in items), key=str))",
        ),
        (
            "the order of accounts is turned",
            "dict.fromkeys(read_account(value) for value in items)",
            "dict.fromkeys(read_account(value) for value in items[::-1])",
        ),
    ),
    *_in(
        "forms/_reading.py",
        "tests/forms/test_reading.py",
        ("the items of a list are counted from one", 'f"{path}[{place}]"', 'f"{path}[{place + 1}]"'),
        (
            "only the first problem of a list is told",
            "for place, item in enumerate(unparsed))",
            "for place, item in enumerate(unparsed[:1]))",
        ),
        ("the place of an unknown field is one further", "enumerate(data, start=1)", "enumerate(data, start=2)"),
    ),
    *_in(
        "values/_identity.py",
        "tests/values/test_identity.py",
        ("the SIREN of a SIRET is its end", "siren=number[:9]", "siren=number[5:]"),
        ("the SIREN of a VAT number is all of it", "siren=vat_number[1]", "siren=vat_number[0]"),
        (
            "a name is another once its apostrophe is",
            "return _compared(self.name) == _compared(other.name)",
            "return self.name.casefold() == other.name.casefold()",
        ),
        ("a file number that looks like a SIREN loses its kind", 'f"{_FILE}{self.number}" if', "self.number if"),
    ),
    *_in(
        "errors/_excerpt.py",
        "tests/errors/test_excerpt.py",
        ("two letters of an address are shown", "first[:1] if len(first) > 1", "first[:2] if len(first) > 1"),
        ("an address in the place of another value is shown", "text = mask_address(address)", "text = address"),
    ),
    *_in(
        "values/_banking.py",
        "tests/values/test_banking.py",
        ("a stored BIC is dropped", "_account(iban=iban, bic=bic)", "_account(iban=iban, bic=None)"),
        ("accounts are told apart by their BIC", "takes_self=True), eq=False)", "takes_self=True))"),
        (
            "a creditor's business code counts in its check digits",
            "_passes(identifier[:4], identifier[7:])",
            "_passes(identifier[:4], identifier[4:])",
        ),
        (
            "the BIC that was given is looked up all the same",
            "if text is None:\n        assert",
            "if account:\n        assert",
        ),
    ),
    *_in(
        "values/_codes.py",
        "tests/values/test_codes.py",
        (
            "a code and a token of the same letters open each other",
            'f"{kind}:{secret.reveal()}"',
            'f"{secret.reveal()}"',
        ),
        (
            "a token that is typed is tried as a code only",
            "for kind in (ActivationCode, LinkToken):",
            "for kind in (ActivationCode,):",
        ),
        (
            "what is held elsewhere is opened by any code",
            "return sealed is given",
            "return sealed is given or isinstance(sealed, Held)",
        ),
        ("the salt is the same for all", "hmac.digest(salt.encode(", 'hmac.digest("salt".encode('),
    ),
    *_in(
        "values/_contact.py",
        "tests/values/test_contact.py",
        (
            "the street of stored details is the city",
            '("street", street, _LINE_SHAPE)',
            '("street", city, _LINE_SHAPE)',
        ),
        (
            "the postal code is that of France",
            'read_postal_code(postal_code, country=read["country"])',
            'read_postal_code(postal_code, country="FR")',
        ),
        ("the city is called a street", 'one_line("city"', 'one_line("street"'),
    ),
    *_in(
        "deadlines/_limits.py",
        "tests/deadlines/test_limits.py",
        ("the safe day is the last one", "last_instant(last - ONE_DAY, zone)", "last_instant(last, zone)"),
        (
            "reminders are counted from the last day",
            "deadline.safe_until.astimezone(zone).date() - count",
            "deadline.closes.astimezone(zone).date() - count",
        ),
        ("the first day is that of UTC", "start.astimezone(zone).date() if start", "start.date() if start"),
        ("a reminder is due again at its own instant", "if reminder > at:", "if reminder >= at:"),
        (
            "days of another zone end in Paris",
            "zone = time_zone(self.zone)\n        if not isinstance(opened",
            "zone = time_zone(PARIS)\n        if not isinstance(opened",
        ),
        (
            "a day that is given opens at its end",
            "start or first_instant(first, zone)",
            "start or last_instant(first, zone)",
        ),
    ),
    *_in(
        "codec/_upgrades.py",
        "tests/codec/test_upgrades.py",
        (
            "an upgraded request is where it is since it was told",
            'since, limit = activation.pop("validated_at")',
            'since, limit = activation.pop("validated_at") and changed_at',
        ),
        (
            "when it was told and since when change places",
            '"recorded_at": recorded_at, "since": since,',
            '"recorded_at": since, "since": recorded_at,',
        ),
        (
            "who may sign and who signed change places",
            'case["legal_representative"], case["signatory"] =',
            'case["signatory"], case["legal_representative"] =',
        ),
        (
            "a mandate is where it is since it changed",
            'since = case.pop("registered_at") or changed_at',
            'since = case.pop("registered_at") and changed_at or changed_at',
        ),
        ("the company of a letter is nobody", '"organisation": message["to"]', '"organisation": None'),
        ("reminders past the end are kept", "if each <= running.closes]", "]"),
    ),
    *_in(
        "codec/_parts.py",
        "tests/codec/test_documents.py",
        (
            "microseconds of one field are cut",
            "**{(name, str): _ID",
            '("since", datetime): Part(_INSTANT.plain, write="{it}.replace(microsecond=0)"), **{(name, str): _ID',
        ),
        (
            "microseconds of when it was told are cut",
            "**{(name, str): _ID",
            '("recorded_at", datetime): Part(_INSTANT.plain, write="{it}.replace(microsecond=0)"), **{(name, str): _ID',
        ),
        (
            "microseconds of when it happened are cut",
            "**{(name, str): _ID",
            '("at", datetime): Part(_INSTANT.plain, write="{it}.replace(microsecond=0)"), **{(name, str): _ID',
        ),
        (
            "what is cited is found in the last rulebook that has it",
            "    for book in books:\n        try:",
            "    for book in reversed(books):\n        try:",
        ),
        ("a case is under any rulebook", "            return (book,)\n", "            return books\n"),
        (
            "the last item of a list is not written",
            "for each in {{it}}] if {{it}} else []",
            "for each in {{it}}[:1]] if {{it}} else []",
        ),
        (
            "a file number is stored as a SIREN",
            "if isinstance({it}, Siren) else 'file:'",
            "if isinstance({it}, Siren) else 'siren:'",
        ),
    ),
    *_in(
        "codec/__init__.py",
        "tests/codec/test_documents.py",
        (
            "the rulebooks that are given are forgotten for older documents",
            "return load(document, rulebooks=books)",
            "return load(document)",
        ),
    ),
    *_in(
        "store.py",
        "tests/examples/test_store.py tests/examples/test_nightly.py",
        (
            "when it happened and when it was told change places",
            "at, told_at = instant(event.at), instant(event.recorded_at)",
            "told_at, at = instant(event.at), instant(event.recorded_at)",
        ),
        ("the state of a request is that of its link", "str(it.stage), instant", "str(it.state), instant"),
        (
            "what is due is the end of the time limit",
            "instant(it.due_at), dumps",
            "instant(it.deadline.lapses_at if it.deadline else None), dumps",
        ),
        ("only the messages of the last decision go to the outbox", "messages += [(", "messages = [("),
        ("only the last event is stored", "for event in decision.events:", "for event in decision.events[-1:]:"),
        ("a night is told what happened at its instant", "EVENTS.c.recorded_at == at", "EVENTS.c.at == at"),
        ("the latest event is the one that happened last", "EVENTS.c.recorded_at.desc()", "EVENTS.c.at.desc()"),
        (
            "events come in the order in which they happened",
            "HISTORIES: Final = select(EVENTS).order_by(EVENTS.c.case_id, EVENTS.c.version)",
            "HISTORIES: Final = select(EVENTS).order_by(EVENTS.c.case_id, EVENTS.c.at)",
        ),
        ("bad rows are counted as left", "CASES.c.due_at <= at, CASES.c.rejected.is_(None))", "CASES.c.due_at <= at)"),
        ("what changed after the night is decided", "if case.recorded_at <= sweep.at:", "if case.since <= sweep.at:"),
        ("a message is sent at the store's instant", '"now": at,', '"now": self.now(),'),
        ("a message that failed is known by its case", "failed.append((message.id,", "failed.append((message.case_id,"),
        (
            "the version that was found and the one that was decided on change places",
            "expected=version, found=found.get(case_id, 0)) from None\n        if isinstance",
            "expected=found.get(case_id, 0), found=version) from None\n        if isinstance",
        ),
    ),
    *_in(
        "report.py",
        "tests/examples/test_nightly.py",
        (
            "lapses of one day are in the order of their ids",
            "sorted(found, key=lambda it: (it.company, it.case.id))",
            "sorted(found, key=lambda it: it.case.id)",
        ),
        ("the oldest lapses come first", "key=lambda it: it.ended, reverse=True", "key=lambda it: it.ended"),
        (
            "mandates that lapsed are not told",
            "both: list[Case_] = [*firm.requests, *firm.mandates]",
            "both = [*firm.requests]",
        ),
        ("what was renewed comes first", "it.renewed is not None)", "it.renewed is None)"),
        ("what may have ended is not at risk", "self.deadline.safe_until <= at)", "self.deadline.closes <= at)"),
        ("tomorrow is another day", "timedelta(days=1), time.max", "timedelta(days=0), time.max"),
        ("every letter is chased", "step.action == Action.CHASE_LETTER", "step.action == Action.ENTER_LETTER_CODE"),
        (
            "the same step of two actors is one",
            "found.setdefault((step.actor, step.action), (step, {}, {}))",
            'found.setdefault(("", step.rule.id), (step, {}, {}))',
        ),
    ),
    *_in(
        "sections.py",
        "tests/examples/test_nightly.py",
        (
            "presumed and final change places",
            '"lapses.presumed" if it.case.is_presumed else "lapses.final"',
            '"lapses.final" if it.case.is_presumed else "lapses.presumed"',
        ),
        (
            "a lapse cites its time limit",
            "it.case.rulebook.rule(it.case.limit.past)",
            "it.case.rulebook.rule(it.case.limit.rule)",
        ),
        ("what renews counts as renewed", "if it.id in renewed and it.has_lapsed", "if it.origin.renews"),
        (
            "the times of a company and of a bank change places",
            "company=leads.company, bank=leads.bank",
            "company=leads.bank, bank=leads.company",
        ),
        (
            "what was recorded and what was decided change places",
            '"facts": night.recorded, "limits": night.decided',
            '"facts": night.decided, "limits": night.recorded',
        ),
        (
            "whoever lacks a mandate has until the last of them",
            "teller.short(safe[0])",
            "teller.short(safe[-1])",
        ),
        (
            "the days of those who are late are told the last first",
            "in sorted(days.items())",
            "in sorted(days.items(), reverse=True)",
        ),
        (
            "the day to begin is that of the tax",
            "day=coming.tax.day, start=coming.start_by)",
            "day=coming.tax.day, start=coming.tax.day)",
        ),
        (
            "things are done in the order of their rules",
            "in_order = sorted(task.steps, key=lambda step: order.get(step.action, len(order)))",
            "in_order = sorted(task.steps, key=lambda step: step.rule.id)",
        ),
    ),
    *_in(
        "night.py",
        "tests/examples/test_nightly.py",
        ("what is left is all that is due", "store.undecided(at)", "store.due(at)"),
        (
            "what was recorded and what was decided change places",
            "recorded=recorded,\n            decided=decided,",
            "recorded=decided,\n            decided=recorded,",
        ),
        ("rows are counted that are not followed", "- {it.line for it in found if it.is_lost})", "- set())"),
        (
            "a clock that is behind is well",
            "is_wrong=bool(found) or bool(judged) or (ahead is not None and ahead - at > OFF)",
            "is_wrong=bool(found) or bool(judged)",
        ),
        (
            "what is wrong is not in the order of lines",
            "sorted([*wrong, *in_the_store(rows, wrong, names)], key=lambda it: it.line)",
            "[*wrong, *in_the_store(rows, wrong, names)][::-1]",
        ),
        ("facts to come are not told", "to_come = player.to_come", "to_come = 0"),
        ("only the first tax date is looked at", "for tax in given.taxes\n", "for tax in given.taxes[:1]\n"),
        (
            "what others recorded is told with what was decided",
            "self.events += len(decision.events)",
            "self.events += 0",
        ),
    ),
    *_in(
        "history.py",
        "tests/examples/test_nightly.py",
        (
            "a request is told when it happened",
            "recorded_at=self.until, renews=renews",
            "recorded_at=at, renews=renews",
        ),
        (
            "the first request that is over is renewed",
            "for id_, it in reversed(self._over.items())",
            "for id_, it in self._over.items()",
        ),
        ("the mandate is for the last account", "entry.form.bank_accounts[0],", "entry.form.bank_accounts[-1],"),
        (
            "a request stood as it was told",
            "lambda event: event.at <= last_of(at)",
            "lambda event: event.recorded_at <= last_of(at)",
        ),
        (
            "what is to come is counted as wrong",
            "elif first_of(fact) > self.until:\n            self.to_come += 1",
            "elif first_of(fact) > self.until:\n            self.to_come += 2",
        ),
    ),
    *_in(
        "coming.py",
        "tests/examples/test_nightly.py",
        (
            "who lost a service never asked for it",
            "renew=owed(outlook.to_request, Standing.LAPSED)",
            "renew=owed(outlook.to_request, Standing.NEVER)",
        ),
        (
            "who awaits and who lacks a mandate change places",
            "held=owed(under_way, Standing.HELD,",
            "held=owed(under_way, Standing.AWAITED,",
        ),
        (
            "companies are in the order of their names",
            "return sorted(found, key=lambda it: (it.day, it.company))",
            "return sorted(found, key=lambda it: it.company)",
        ),
        ("a mandate that nobody knows of is too late", "if not is_unsure(it)]", "if it]"),
    ),
    *_in(
        "cases/_adhesion.py",
        "tests/procedure/test_renewals.py tests/cases/test_adhesion.py",
        (
            "a renewal drops an account that was declared later",
            "_under(rulebook, attrs.evolve(form, bank_accounts=self.accounts))",
            "_under(rulebook, form)",
        ),
        (
            "the second account that is declared later takes the place of the first",
            "(*self.later_accounts, event.account)",
            "(event.account,)",
        ),
        ("what is renewed is what the request renewed", "renews=self.id", "renews=self.origin.renews"),
    ),
    *_in(
        "cases/_history.py",
        "tests/cases/test_history.py tests/cases/test_withdrawing.py",
        (
            "a fact that was withdrawn earlier explains what came later",
            "before = _fold(history[:place], gone)",
            "before = _fold(history[:place], _gone(history[:place]))",
        ),
        (
            "a reminder that rested on a fact keeps it from being withdrawn",
            "elif isinstance(event, (Lapse, Reminder)):",
            "elif isinstance(event, Lapse):",
        ),
    ),
    *_in(
        "cases/_mandate.py",
        "tests/cases/test_mandate.py tests/cases/test_told_collections.py",
        (
            "of two uses on one day the one that was told last counts",
            "key=lambda it: (it.closes, not it.estimated, it.opened)",
            "key=lambda it: (it.closes, not it.estimated)",
        ),
        (
            "reminders of a use that counts no more are kept",
            "_safe_as(other, _as_set(mandate, last))",
            "_safe_as(other, last)",
        ),
        (
            "a mandate of another company counts",
            "self.organisation == organisation and self.account == account",
            "self.account == account",
        ),
        (
            "a mandate of another account counts",
            "self.organisation == organisation and self.account == account",
            "self.organisation == organisation",
        ),
        (
            "the representative that the request named is kept, whoever is named now",
            "form.legal_representative if legal_representative is None else legal_representative",
            "form.legal_representative or legal_representative",
        ),
    ),
    *_in(
        "cases/_mandate.py",
        "tests/cases/test_who_signed.py",
        ("whoever is named last signed, whenever that was", "if begins <= last and not over", "if not over"),
        ("a name counts on after another was given", "if begins <= last and not over", "if begins <= last"),
        ("a name counts at the instant of the next one", "other and end <= first", "other and end < first"),
        ("by role, whoever was known first signed", "signatory=signed[-1])", "signatory=signed[0])"),
        ("what is told again of one instant is a second naming", "it.day is not None or it.at != again", "True"),
        ("a day of naming is its first instant", "latest(it.at, it.recorded_at, it.day)) for", "it.at) for"),
        ("no name counts before its own instant", "EVER if since <= earliest else since", "since"),
        ("whoever was told first represents the company", "named, NEVER, NEVER)][-1], ", "named, NEVER, NEVER)][0], "),
        ("a signature of a day is at its first instant", "max(at, known[signed[-1]])", "at"),
    ),
    *_in(
        "portfolio/_payments.py",
        "tests/portfolio/test_payments.py tests/portfolio/test_defects.py",
        (
            "accounts of any space are declared",
            "any(self.account in self.now.declared[space] for space in self._spaces)",
            "any(self.account in accounts for accounts in self.now.declared.values())",
        ),
        (
            "the request to go on with is the first",
            "asking or self.now.requests)[-1]",
            "asking or self.now.requests)[0]",
        ),
        (
            "a mandate that lapsed is said to be on its way",
            "if mandate.is_over(self.now.at)\n            else",
            "if mandate.is_over(self.now.at) and not mandate\n            else",
        ),
        (
            "an account is declared after the request that named it (defect 3)",
            "if not self._asking or request.declares(self.account):",
            "if request.declares(self.account):",
        ),
        (
            "a mandate is issued from a request that does not have the account (defect 3)",
            "steps += self._to_register(issuing or request)",
            "steps += self._to_register(request)",
        ),
        (
            "only a request that is over has the account of a new mandate (defect 3)",
            "return not self._declared or (self.service.needs_mandate and not self._goes_on and issuing is None)",
            "return not self._declared",
        ),
    ),
    *_in(
        "core/_snapshot.py",
        "tests/core/test_case.py tests/cases/test_closed_cases.py",
        (
            "a closed case is never over",
            "self.due_at is not None or (self.closing is not None and self.stage in self.table.running)",
            "self.due_at is not None",
        ),
        (
            "cases are in the order in which they were told",
            "key=lambda case: (case.origin.at, case.id)",
            "key=lambda case: (case.origin.recorded_at, case.id)",
        ),
        (
            "a reminder counts as the last thing that was told",
            "self.recorded_at if isinstance(event, Reminder) else recorded_at",
            "recorded_at",
        ),
        (
            "a reminder that was past when a fact was told is sent",
            "deadline.due_after(recorded_at)",
            "deadline.due_after(event.at)",
        ),
        ("the day to show is the last one", "next(ahead, deadline.closes)", "deadline.closes"),
    ),
    *_in(
        "portfolio/_leads.py",
        "tests/portfolio/test_outlook.py",
        ("lead times run from tellings", "civil_day(event.at))", "civil_day(event.recorded_at))"),
    ),
    *_in(
        "portfolio/_outlook.py",
        "tests/portfolio/test_closed_and_taken_over.py",
        (
            "who left one service of several to others is asked for it",
            "if company.has_left or not company.at(at).left_to_others.isdisjoint(new.services):",
            "if company.has_left:",
        ),
    ),
    *_in(
        "portfolio/_reconcile.py",
        "tests/portfolio/test_reconcile.py",
        (
            "an account is declared when it is told, and not when it was seen",
            "request.declare_account(account, at=self.seen,",
            "request.declare_account(account, at=self.at,",
        ),
        (
            "what another company closed is closed",
            "for it in its if it.organisation == company for service",
            "for it in its for service",
        ),
        ("only the first service that went is named", "services=tuple(gone), case", "services=tuple(gone[:1]), case"),
    ),
    *_in(
        "portfolio/_model.py",
        "tests/portfolio/test_payments.py",
        ("of equal mandates the last by its id counts", "-left, mandate.origin.at, mandate.id", "-left, mandate.id"),
    ),
    *_in(
        "portfolio/_payments.py",
        "tests/portfolio/test_payments.py",
        (
            "a payment meets the rules of the first request",
            "self.now.record.adhesions[-1].rulebook.rule(id)",
            "self.now.record.adhesions[0].rulebook.rule(id)",
        ),
    ),
    *_in(
        "cases/_closing.py",
        "tests/cases/test_closing.py",
        ("a company is closed when that happened", "recorded_at=recorded_at, text", "recorded_at=None, text"),
    ),
    *_in(
        "cases/_history.py",
        "tests/cases/test_withdrawing.py",
        ("a withdrawal follows when the fact happened", "after=fact.recorded_at)", "after=fact.at)"),
    ),
    *_in(
        "cases/_mandate.py",
        "tests/cases/test_closing.py",
        (
            "a file number claims what a SIREN of the same digits does",
            "{type(self.organisation).__name__}:{self.organisation.number}:",
            "{self.organisation.number}:",
        ),
    ),
    *_in(
        "wording/_digest.py",
        "tests/wording/test_digest.py",
        (
            "what is due comes by company before its day",
            "it[1].due_date(), str(it[0].organisation), it[0].case_id)",
            "str(it[0].organisation), it[1].due_date(), it[0].case_id)",
        ),
    ),
    *_in(
        "wording/_diligence.py",
        "tests/wording/test_diligence.py",
        (
            "a message is of the day on which its fact happened",
            '"day": _day(event.recorded_at),',
            '"day": _day(event.at),',
        ),
    ),
)
