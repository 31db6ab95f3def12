"""A night as a calendar (`.ics`): what ends when, and what is to be paid when.

An entry keeps its UID from night to night, so that a calendar that reads the file again moves it and doubles nothing.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from icalendar import Calendar, Event
from printable import printable
from report import Night, Task
from sections import Teller, acts
from words import said

from teleprocedures.wording import Wording
from teleprocedures.words import in_paris


def agenda(night: Night, wording: Wording) -> bytes:
    """The calendar of a night."""
    teller = Teller(wording, night)
    calendar = Calendar()
    calendar.add("prodid", "-//teleprocedures//nightly//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", printable(night.name or night.file))
    for task in night.to_do.dated:
        calendar.add_component(_of_a_task(task, teller))
    for coming in night.coming:
        service, day = coming.tax.service, coming.tax.day
        entry = _entry(night, f"{service.code}.{day}", said(wording, "agenda.tax", service=service))
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
        calendar.add_component(entry)
    return calendar.to_ical()  # type: ignore[no-any-return]


def _of_a_task(task: Task, teller: Teller) -> Event:
    who = teller.wording.language.between.join(acts(teller, task, has_names=True))
    limit = task.deadline.rule if task.deadline is not None else task.steps[0].rule
    # The request, and which of its time limits: a letter's day that is told later moves the entry.
    entry = _entry(teller.night, f"{task.steps[0].case_id}.{limit}", teller.beside(task.company, who))
    by = in_paris(task.by)
    if by is not None and by.time() == time.max:
        entry.add("dtstart", by.date())
        entry.add("dtend", by.date() + timedelta(days=1))
    else:
        entry.add("dtstart", task.by.replace(microsecond=0))
        entry.add("dtend", task.by.replace(microsecond=0))
    rules = ", ".join(dict.fromkeys(step.rule.id for step in task.steps))
    last = teller.wording.instant(task.by)
    if task.steps[0].estimated:
        last = said(teller.wording, "by.estimated", by=last)
    entry.add("description", printable(said(teller.wording, "wrong.cited", reason=last, rule=rules)))
    return entry


def _entry(night: Night, uid: str, summary: str) -> Event:
    entry = Event()
    entry.add("uid", f"{uid}@teleprocedures")
    entry.add("dtstamp", night.at.replace(microsecond=0))
    # What is said later takes the place of what was said before: minutes since the year 2000.
    entry.add("sequence", int((night.at - datetime(2000, 1, 1, tzinfo=night.at.tzinfo)) / timedelta(minutes=1)))
    entry.add("summary", printable(summary))
    entry.add("transp", "TRANSPARENT")
    return entry
