"""The numbers of keys, such as OPS-1021: none is given a second time after a restore."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import text

from common.persistence.database import Connection
from common.persistence.sequenced import NumberSequence
from common.restoration.own_records import OwnRecord

LEFT_OUT = 1_000
"""Numbers that are left out, because answers may have named some whose events were lost, too."""


class PublishedNumbers:
    """The highest number of each kind of key in a service's own events, and the keys by subject.

    Events that the outbox has and Kafka has not count as well: the relay may have been behind.
    """

    def __init__(self, numbers: Sequence[NumberSequence]) -> None:
        self.highest: dict[str, int] = {}
        self._by_field = {one.field: one for one in numbers if one.field is not None}
        fields = "|".join(map(re.escape, self._by_field))
        # Quotes inside a text are escaped in JSON: no title can look like a field.
        self._pattern = re.compile(rb'"(%b)":\s*"([A-Z]+)-(\d{1,18})"' % fields.encode())

    def read(self, records: Iterable[OwnRecord]) -> dict[str, str]:
        """Take the numbers of records. Returns keys by subject: the first field that names one."""
        names: dict[str, str] = {}
        for record in records:
            for one, number in self._find(record.body):
                self.highest[one.sequence] = max(self.highest.get(one.sequence, 0), number)
                names.setdefault(record.subject, f"{one.prefix}-{number}")
        return names

    def read_unsent(self, bodies: Iterable[str]) -> None:
        """Take the numbers of events that have not left yet."""
        for body in bodies:
            for one, number in self._find(body.encode()):
                self.highest[one.sequence] = max(self.highest.get(one.sequence, 0), number)

    def _find(self, body: bytes) -> Iterator[tuple[NumberSequence, int]]:
        if not self._by_field:
            return
        for field, prefix, digits in self._pattern.findall(body):
            one = self._by_field[field.decode()]
            if prefix.decode() == one.prefix:
                yield one, int(digits)


async def raise_numbers(
    tx: Connection, numbers: Sequence[NumberSequence], highest: dict[str, int]
) -> dict[str, int]:
    """Raise the sequences of the numbers above what the own events name. Returns the raised ones.

    Those that no event names are raised with the others. A second call changes nothing.
    """
    present = {one.sequence: await _last_number(tx, one.sequence) for one in numbers}
    targets = {
        name: number + LEFT_OUT
        for name, number in highest.items()
        if present[name] < number + LEFT_OUT
    }
    if targets:
        for name in present.keys() - highest.keys():
            targets[name] = present[name] + LEFT_OUT
    for name, target in sorted(targets.items()):
        # The service may not set a sequence; it may take numbers from it.
        await tx.execute(
            text("SELECT max(nextval(:name)) FROM generate_series(1, :count)"),
            {"name": name, "count": target - present[name]},
        )
    return targets


async def _last_number(tx: Connection, sequence: str) -> int:
    """Return the last number that a sequence gave, or the one before its first."""
    last = await tx.scalar(
        text("SELECT pg_sequence_last_value(CAST(:name AS regclass))"), {"name": sequence}
    )
    if last is not None:
        return int(last)
    start = await tx.scalar(
        text("SELECT seqstart FROM pg_sequence WHERE seqrelid = CAST(:name AS regclass)"),
        {"name": sequence},
    )
    return int(start or 1) - 1
