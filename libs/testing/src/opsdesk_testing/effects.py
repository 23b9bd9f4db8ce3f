"""The tables of docs/rules.md about effects: who may end, hide or shorten a promise (R1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).parents[4] / "docs" / "rules.md"
TWO_PEOPLE = "### Effects that take two people"
ONE_PERSON = "### Effects for which one person is enough"
HIDE_NOTHING = "### Operations that hide nothing"


@dataclass(frozen=True, slots=True)
class Effect:
    """A row. `condition`: the code of the refusal, or why one person is enough.

    `announced` is the type of the event; None: only the audit trail has it.
    """

    effect: str
    operation: str
    permission: str
    condition: str
    announced: str | None


@cache
def two_person_effects() -> tuple[Effect, ...]:
    """The effects that take two people."""
    return tuple(_rows(TWO_PEOPLE))


@cache
def one_person_effects() -> tuple[Effect, ...]:
    """The effects for which one person is enough."""
    return tuple(_rows(ONE_PERSON))


@cache
def harmless_operations() -> tuple[str, ...]:
    """The operations that hide nothing."""
    return tuple(re.findall(r"`(\w+)`", _section(HIDE_NOTHING)))


def _section(heading: str) -> str:
    return RULES.read_text().split(heading + "\n", 1)[1].split("\n#", 1)[0]


def _rows(heading: str) -> Iterator[Effect]:
    lines = [line for line in _section(heading).splitlines() if line.startswith("| ")]
    for line in lines[1:]:
        effect, operation, permission, condition, announced = (
            cell.strip() for cell in line.strip("|").split("|")
        )
        event = announced.strip("`")
        yield Effect(
            effect,
            operation.strip("`"),
            permission.strip("`"),
            condition.strip("`"),
            None if event == "audit" else f"opsdesk.{event}.v1",
        )
