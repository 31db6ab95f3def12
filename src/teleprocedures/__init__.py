"""The expert-mode procedure of impots.gouv.fr as explicit state machines: time limits, rules, refusals.

Every public name is here, and its room is loaded when a name of it is first used. `codec` stores cases, `catalogue`
names the services, `wording` has the words for people, and `testing` is for tests.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from teleprocedures import codec as codec
    from teleprocedures import testing as testing
    from teleprocedures.cases import *
    from teleprocedures.core import *
    from teleprocedures.deadlines import *
    from teleprocedures.errors import *
    from teleprocedures.forms import *
    from teleprocedures.portfolio import *
    from teleprocedures.rulebook import *
    from teleprocedures.shells import *
    from teleprocedures.values import *

__version__ = "0.1.0"

# From the bottom of the house up: a room imports those before it, so looking for a name loads no more than it needs.
_ROOMS = ("errors", "values", "deadlines", "rulebook", "core", "forms", "cases", "shells", "portfolio")
_MODULES = ("codec", "testing", "wording")


def __getattr__(name: str) -> object:
    """A public name, of the first room that has it."""
    from importlib import import_module  # noqa: PLC0415 - not needed before the first name

    if name in _MODULES:
        return import_module(f"teleprocedures.{name}")
    if name == "__all__":
        return __dir__()
    for room in _ROOMS if not name.startswith("_") else ():
        found = import_module(f"teleprocedures.{room}")
        if name in found.__all__:
            value: object = getattr(found, name)
            globals()[name] = value
            return value
    message = f"module 'teleprocedures' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """Every public name, of all the rooms."""
    from importlib import import_module  # noqa: PLC0415 - as above

    return sorted(name for room in _ROOMS for name in import_module(f"teleprocedures.{room}").__all__)
