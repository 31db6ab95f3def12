"""For those who test: a clock moved by hand, codes known in advance, and fakes that remember what they were given.

Nothing here is for production: `ScriptedCodes` can be guessed and `PlainHasher` hides nothing.
"""

from teleprocedures.testing._fakes import ManualClock, PlainHasher, RecordingJournal, RecordingNotifier, ScriptedCodes
from teleprocedures.testing._makers import adhesion_form, space_form

__all__ = [
    "ManualClock",
    "PlainHasher",
    "RecordingJournal",
    "RecordingNotifier",
    "ScriptedCodes",
    "adhesion_form",
    "space_form",
]
