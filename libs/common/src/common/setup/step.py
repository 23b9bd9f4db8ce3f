"""One step of making a database as it is to be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`what` is to be, in words. `done` is a query that answers true where nothing is to be done, also false
    or NULL while things that it names are not there yet; None where only doing it tells. `sql` does it."""

    what: str
    done: str | None
    sql: str


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def role(name: str) -> str:
    """Return the SQL of a role's id, NULL where there is none."""
    return f"to_regrole({literal(name)})::oid"


def namespace(name: str) -> str:
    """Return the SQL of a schema's id, NULL where there is none."""
    return f"to_regnamespace({literal(name)})::oid"
