"""Values of this library in other people's models: pydantic, Django and its REST framework, SQLAlchemy, cattrs.

One module each, and one extra each (`./teleprocedures[django]` for pip). They are imported by their own names, and
nothing of the library needs them. What they share is how a kind of value is read and how it stands as text (`_kinds`).
The manual is `docs/contrib.md`.
"""
