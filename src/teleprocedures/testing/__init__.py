"""For those who test: a clock moved by hand, codes known in advance, fakes that remember, and the procedure, played.

Nothing here is for production: `ScriptedCodes` can be guessed and `PlainHasher` hides nothing. What needs Hypothesis is
in `strategies`, `machines` and `conformance`; `invariants` has each promise of the library as a function.
"""

from teleprocedures.testing._fakes import ManualClock, PlainHasher, RecordingJournal, RecordingNotifier, ScriptedCodes
from teleprocedures.testing._makers import adhesion_form, space_form
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._openers import Opener, add_opener, give
from teleprocedures.testing._play import Play

__all__ = [
    "ManualClock",
    "Move",
    "Opener",
    "PlainHasher",
    "Play",
    "RecordingJournal",
    "RecordingNotifier",
    "ScriptedCodes",
    "Step",
    "add_opener",
    "adhesion_form",
    "give",
    "space_form",
]
