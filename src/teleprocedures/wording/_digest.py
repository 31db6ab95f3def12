"""The messages of a night for one person as one e-mail: forty notices to an accountant are one, the soonest first.

Only reminders and notices of lapses are taken together. A message that carries a code or a link is sent by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256

import attrs

from teleprocedures.cases import Case, LapseNotice, Notice, ReminderEmail
from teleprocedures.core import Message
from teleprocedures.errors import check_kinds, shows_half_built
from teleprocedures.values import EmailAddress
from teleprocedures.wording._messages import Facts, renewals
from teleprocedures.wording._wording import FRENCH, Wording


@shows_half_built
@attrs.frozen(kw_only=True)
class Digest:
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


def digest(messages: Iterable[Message], *, cases: Iterable[Case] = (), words: Wording = FRENCH) -> tuple[Digest, ...]:
    """The reminders and the notices among these messages, as one e-mail for each person, what is due soonest first.

    People come in the order in which they are met. Where the `cases` are given, a request that lapsed and was renewed
    already is said to be, and asks for nothing (A16). `words` are a language's.

    Raises `InvalidValueError` for what is no message and what is no case.
    """
    by_person: defaultdict[EmailAddress, list[Notice]] = defaultdict(list)
    for message in check_kinds(messages, Message, what="message"):
        if isinstance(message, Notice):
            by_person[message.to].append(message)
    renewed = renewals(cases)
    return tuple(_digest(to, notices, renewed, words) for to, notices in by_person.items())


def _digest(to: EmailAddress, notices: list[Notice], renewed: Mapping[str, date], words: Wording) -> Digest:
    facts = [(it, Facts(words, it, renewed=renewed.get(it.case_id))) for it in notices]
    # By the day to show, then by the company and the case, so that two nights do not differ without a reason.
    facts.sort(key=lambda pair: (pair[1].due_date(), str(pair[0].organisation), pair[0].case_id))
    due = [it for message, it in facts if isinstance(message, ReminderEmail)]
    lapsed = [it for message, it in facts if isinstance(message, LapseNotice)]
    parts = (
        words.sentence("digest.due", lines=tuple(map(_reminder, due))) if due else "",
        words.sentence("digest.lapsed", lines=tuple(map(_lapse, lapsed))) if lapsed else "",
    )
    first = due[0].due_date() if due else None
    subject = words.sentence(f"digest.subject{'' if first else '_lapsed'}", count=len(facts), due=first)
    body = words.sentence("digest.body", parts="\n\n".join(filter(None, parts)))
    return Digest(to=to, messages=tuple(message.id for message, _ in facts), subject=subject, body=body)


def _reminder(facts: Facts) -> str:
    pressing = any(step.unsafe_since for step in facts.own("steps", ()))
    return facts.names.sentence(
        "digest.pressing" if pressing else "digest.reminder",
        due=facts.due_date(),
        mark=facts.estimate("mark"),
        about=_about(facts),
        actions=facts.actions(),
    )


def _lapse(facts: Facts) -> str:
    action = facts.after_the_lapse()
    # What was renewed ends with a comma, as its subject goes on.
    what, key = facts.lapse().removesuffix(","), "digest.lapse" if action else "digest.lapse_only"
    return facts.names.sentence(key, what=what, about=_about(facts), action=action)


def _about(facts: Facts) -> str:
    """The company, with its services or its account."""
    account = facts.own("account")
    key = "digest.about" + ("_account" if account else "_services" if facts.own("services") else "")
    return facts.names.sentence(key, company=facts.company(), services=facts.own("services"), account=account)
