"""State machines for Hypothesis: one for each lifecycle, and one for the whole procedure.

A lifecycle's machine says again, in a few plain words, when each verb is possible, and compares; the one of the
procedure plays several spaces, companies and mandates under a clock that jumps to every edge. Both check all promises
after each step. A host extends one of them, does in `made` with each step what it does with a decision, and has its
`TestCase` found by a test runner.
"""

from teleprocedures.testing.machines._base import LifecycleMachine
from teleprocedures.testing.machines._lifecycles import ActivationMachine, AdhesionMachine, MandateMachine, SpaceMachine
from teleprocedures.testing.machines._procedure import ProcedureMachine

__all__ = [
    "ActivationMachine",
    "AdhesionMachine",
    "LifecycleMachine",
    "MandateMachine",
    "ProcedureMachine",
    "SpaceMachine",
]
