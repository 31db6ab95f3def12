"""The messages of a night for one person as one e-mail: forty notices to an accountant are one, the soonest first.

Only reminders and notices of lapses are taken together. A message that carries a code or a link is sent by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Final

import attrs

from teleprocedures.cases import Action, Case, LapseNotice, NextStep, Notice, ReminderEmail
from teleprocedures.core import Message
from teleprocedures.errors import check_kinds, shows_half_built
from teleprocedures.values import EmailAddress
from teleprocedures.wording._messages import Facts, renewals
from teleprocedures.wording._wording import FRENCH, Wording

_ITS: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands for whom a line is about while lines are compared; nobody's name has it."""


@shows_half_built
@attrs.frozen(kw_only=True)
class DigestEmail:
    """One e-mail `to` one person, with its `subject` and its `body`, in the place of the `messages` of these ids.

    Its `id` is made of theirs, so that it can be sent once.
    """

    to: EmailAddress
    messages: tuple[str, ...]
    subject: str = attrs.field(repr=False)
    body: str = attrs.field(repr=False)

    @property
    def id(self) -> str:
        """The id by which it is sent once: the same messages always make the same id."""
        return f"digest/{sha256(chr(10).join(self.messages).encode()).hexdigest()}"


def digest(
    messages: Iterable[Message], *, cases: Iterable[Case] = (), words: Wording = FRENCH
) -> tuple[DigestEmail, ...]:
    """The reminders and the notices among these messages, as one e-mail for each person.

    What cannot wait stands first, then what is due soonest, then what lapsed. People come in the order in which they
    are met. Where the `cases` are given, a request that lapsed and was renewed already is said to be, and asks for
    nothing (A16). `words` are a language's.

    Raises `InvalidValueError` for what is no message and what is no case.
    """
    by_person: defaultdict[EmailAddress, list[Notice]] = defaultdict(list)
    for message in check_kinds(messages, Message, what="message"):
        if isinstance(message, Notice):
            by_person[message.to].append(message)
    renewed = renewals(cases)
    return tuple(_digest(to, notices, renewed, words) for to, notices in by_person.items())


def _digest(to: EmailAddress, notices: list[Notice], renewed: Mapping[str, date], words: Wording) -> DigestEmail:
    facts = [(it, Facts(words, it, renewed=renewed.get(it.case_id))) for it in notices]
    # What cannot wait comes first, then what is due first; by the company and the case, so that two nights do not
    # differ without a reason.
    facts.sort(key=lambda it: (not _unsafe(it[1]), it[1].due_date(), str(it[0].organisation), it[0].case_id))
    due = [it for message, it in facts if isinstance(message, ReminderEmail)]
    lapsed = [it for message, it in facts if isinstance(message, LapseNotice) and it.renewed is None]
    done = [it for message, it in facts if isinstance(message, LapseNotice) and it.renewed is not None]
    parts = (
        words.sentence(f"digest.{part}", lines=_lines(some, say, words))
        for part, some, say in (("due", due, _reminder), ("lapsed", lapsed, _lapse), ("renewed", done, _lapse))
        if some
    )
    return DigestEmail(
        to=to,
        messages=tuple(message.id for message, _ in facts),
        subject=_subject(due, lapsed, done, words),
        body=words.sentence("digest.body", parts="\n\n".join(parts)),
    )


def _subject(due: list[Facts], lapsed: list[Facts], done: list[Facts], words: Wording) -> str:
    """How many cases are to be followed, and how soon: several messages of one case are of one case."""
    if not due:
        # What was renewed already is nothing to be done: it is counted where nothing else is.
        return words.sentence(f"digest.subject_{'lapsed' if lapsed else 'renewed'}", count=_cases(lapsed or done))
    # Letters that are overdue cannot wait either, but what is due before them stands first.
    urgent = _unsafe if _unsafe(due[0]) else _overdue
    pressing = _cases(filter(urgent, due)) if urgent(due[0]) else 0
    key = "digest.subject_pressing" if pressing else "digest.subject"
    facts = {"pressing": pressing, "due": due[0].due_date(), "mark": due[0].estimate("mark")}
    return words.sentence(key, count=_cases([*due, *lapsed]), **facts)


def _cases(some: Iterable[Facts]) -> int:
    return len({it.message.case_id for it in some})


def _unsafe(facts: Facts) -> NextStep | None:
    """The step that cannot wait, because its safe day has passed; None where there is none."""
    steps: tuple[NextStep, ...] = facts.own("steps", ())
    return next((step for step in steps if step.unsafe_since is not None), None)


def _overdue(facts: Facts) -> bool:
    """Whether a letter should have come: nobody waits for the day on which its code ends."""
    first = facts.first_step()
    return first is not None and first.action == Action.CHASE_LETTER


def _lines(some: Iterable[Facts], say: Callable[[Facts, str], str], words: Wording) -> tuple[str, ...]:
    """What is said of each, where it is first said; what is said of several is said once, with all that it is of."""
    together: dict[str, list[str]] = {}
    for facts in some:
        together.setdefault(say(facts, _ITS), []).append(_about(facts))
    return tuple(_line(said, about, words) for said, about in together.items())


def _line(said: str, about: list[str], words: Wording) -> str:
    if len(about) == 1:
        return said.replace(_ITS, about[0])
    count = words.sentence("digest.each", count=len(about))
    return "\n  - ".join((said.replace(_ITS, count), *about))


def _reminder(facts: Facts, about: str) -> str:
    unsafe = _unsafe(facts)
    return facts.names.sentence(
        f"digest.{'pressing' if unsafe else 'overdue' if _overdue(facts) else 'reminder'}",
        due=facts.due_date(),
        mark=facts.estimate("mark"),
        about=about,
        actions=facts.actions(),
        doubt="" if unsafe is None else unsafe.say_doubt(facts.names),
        since=None if unsafe is None else unsafe.unsafe_since,
    )


def _lapse(facts: Facts, about: str) -> str:
    action = facts.after_the_lapse(names_account=False)
    # The account stands in what the line is about. What was renewed ends with a comma, as its subject goes on.
    what, key = facts.lapse().removesuffix(","), "digest.lapse" if action else "digest.lapse_only"
    return facts.names.sentence(key, what=what, about=about, action=action)


def _about(facts: Facts) -> str:
    """The company, with its services or its account."""
    account = facts.own("account")
    key = "digest.about" + ("_account" if account else "_services" if facts.own("services") else "")
    return facts.names.sentence(key, company=facts.company(), services=facts.own("services"), account=account)
