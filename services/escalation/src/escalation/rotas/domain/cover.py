"""Who covers which time: a rota as intervals, what follows the present one, and one person's shifts (E3, E18). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from escalation.rotas.domain.rota import Rota, edges, on_call

LOOKAHEADS: Final = tuple(timedelta(days=days) for days in (2, 16, 128, 400))
"""How far the next change is looked for: further each time, since most rotas change within days."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Who is on call in `[starts_at, ends_at)`, as long as possible; nobody where it is a gap."""

    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextChange:
    """When it changes who is on call, and who is from then on; nobody where a gap begins."""

    at: datetime
    people: tuple[str, ...]


def find_cover(rota: Rota, since: datetime, until: datetime) -> tuple[Spell, ...]:
    """The intervals of `[since, until)`, which follow each other without a hole."""
    spells: list[Spell] = []
    for start, end in pairwise([since, *_changes(rota, since, until), until]):
        people = on_call(rota, start)
        if spells and spells[-1].people == people:
            spells[-1] = Spell(spells[-1].starts_at, end, people)
        else:
            spells.append(Spell(start, end, people))
    return tuple(spells)


def find_next_change(rota: Rota, at: datetime) -> NextChange | None:
    """The next change after an instant; None where there is none within more than a year."""
    present, since = on_call(rota, at), at
    for ahead in LOOKAHEADS:
        until = at + ahead
        for edge in _changes(rota, since, until):
            if (people := on_call(rota, edge)) != present:
                return NextChange(edge, people)
        # The last instant is looked at again: it may be a change itself.
        since = until - timedelta.resolution
    return None


def find_shifts(rota: Rota, person: str, since: datetime, until: datetime) -> tuple[Spell, ...]:
    """The intervals of `[since, until)` in which a person is on call, each as long as possible.

    `people` are only that person: who else is on call beside them changes no shift.
    """
    shifts: list[Spell] = []
    for spell in find_cover(rota, since, until):
        if person not in spell.people:
            continue
        if shifts and shifts[-1].ends_at == spell.starts_at:
            shifts[-1] = Spell(shifts[-1].starts_at, spell.ends_at, (person,))
        else:
            shifts.append(Spell(spell.starts_at, spell.ends_at, (person,)))
    return tuple(shifts)


def _changes(rota: Rota, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant strictly between these at which it may change who is on call, in order."""
    yield from sorted({edge for edge in edges(rota, since, until) if since < edge < until})
