"""Where a service stores the counts of its own events, and the numbers of its keys.

Nothing on the way of a request reads this: it is for what must know all of them, such as the
restoration of a backup.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Table, select

from common.persistence.database import Connection


@dataclass(frozen=True, slots=True)
class Sequenced:
    """The table of a subject's aggregates: `id` is the subject's, `sequence` its last event's.

    A table without the column `sequence` is of aggregates with one event only.
    """

    table: Table

    @property
    def has_column(self) -> bool:
        return "sequence" in self.table.c


@dataclass(frozen=True, slots=True)
class NumberSequence:
    """A sequence in the database that gives the numbers of keys: `OPS-17` from `ticket_numbers`.

    `field` of the service's own events has such keys; None where no event names one.
    """

    sequence: str
    prefix: str
    field: str | None


Subjects = Mapping[str, Sequenced]
"""The tables by the first part of the subject: `ticket` for `ticket/0192…`."""


def parse_subject(subject: str) -> tuple[str, UUID] | None:
    """Return the kind and the id of a subject; None where it has another form."""
    kind, _, id = subject.partition("/")
    try:
        return kind, UUID(id)
    except ValueError:
        return None


async def load_sequences(
    tx: Connection, subjects: Subjects, asked: Collection[str], *, lock: bool = False
) -> dict[str, int]:
    """Return the sequences of those of these subjects that exist, in the order of their ids."""
    by_kind: dict[str, list[UUID]] = {}
    for subject in asked:
        if (parsed := parse_subject(subject)) and parsed[0] in subjects:
            by_kind.setdefault(parsed[0], []).append(parsed[1])
    found: dict[str, int] = {}
    for kind, ids in sorted(by_kind.items()):
        sequenced = subjects[kind]
        id = sequenced.table.c.id
        query = select(sequenced.table).where(id.in_(ids)).order_by(id)
        columns = [id, sequenced.table.c.sequence] if sequenced.has_column else [id]
        query = query.with_only_columns(*columns)
        for row in await tx.execute(query.with_for_update() if lock else query):
            found[f"{kind}/{row.id}"] = row.sequence if sequenced.has_column else 1
    return found


async def store_sequence(tx: Connection, subjects: Subjects, subject: str, sequence: int) -> None:
    """Store the sequence of an aggregate that exists."""
    parsed = parse_subject(subject)
    assert parsed is not None, "it was found by this name"
    kind, id = parsed
    if (sequenced := subjects[kind]).has_column:
        table = sequenced.table
        await tx.execute(table.update().where(table.c.id == id).values(sequence=sequence))
