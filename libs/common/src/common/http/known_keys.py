"""Which keys of things requests may name, and which of them do not fit (I5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement


@dataclass(frozen=True, slots=True)
class Unfit:
    """Keys that are known, and still cannot be named: those of rows for which `condition` holds.

    `code` is that of the violation, `detail` goes on behind the key.
    """

    condition: ColumnElement[bool]
    code: str
    detail: str


def unfit_for_work(
    has_left: ColumnElement[bool], of_partner: ColumnElement[bool]
) -> tuple[Unfit, ...]:
    """Who of the people cannot be given work of ours: who has left, and who works for a partner."""
    return (
        Unfit(has_left, "has_left", "has left; name somebody who is here"),
        Unfit(of_partner, "for_staff", "works for a partner; name one of our own people"),
    )


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Which keys of one kind are known: those in `column`, the ids in `id_column`, and `names`.

    `visible_to` is the condition for what a contact of a customer may name; without it a contact's
    references are not checked here, since the answer would tell what exists; nor are those of a partner's
    person. `callers`: whoever calls
    is known as well (a person without an entry in the directory). `source_topic` is the topic from which
    the table is filled, where another service decides what exists. `unfit`: which of them are known, but
    cannot be named.
    """

    column: ColumnElement[str] | None = None
    id_column: ColumnElement[UUID] | None = None
    names: frozenset[str] = frozenset()
    visible_to: Callable[[str], ColumnElement[bool]] | None = None
    callers: bool = False
    source_topic: str | None = None
    unfit: tuple[Unfit, ...] = ()


References = Mapping[str, KnownKeys]
