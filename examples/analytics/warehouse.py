"""An analytical store of tickets and promises: a DuckDB file that is made of events and of nothing else.

`facts` has a row for each event, `tickets` and `promises` what they add up to. A batch of records, what follows from it,
and how far the topics were read are stored in one transaction: after a crash it goes on where the file is.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

OWNERS: Final = {"tickets": "opsdesk/intake", "clocks": "opsdesk/sla"}
"""The end of a topic's name, and the one service whose words count there."""
KINDS: Final = ("opsdesk.ticket.", "opsdesk.clock.")
"""What is kept. Other types on the same topics, also those that are not known yet, are left out."""

_COLUMNS: Final = {
    "source": "VARCHAR", "subject": "VARCHAR", "sequence": "BIGINT", "type": "VARCHAR", "told_at": "TIMESTAMPTZ",
    "ticket_id": "UUID", "ticket": "VARCHAR", "kind": "VARCHAR", "priority": "VARCHAR", "state": "VARCHAR",
    "customer": "VARCHAR", "environment": "VARCHAR", "service": "VARCHAR", "opened_at": "TIMESTAMPTZ",
    "metric": "VARCHAR", "contract": "VARCHAR", "agreement": "VARCHAR", "target_seconds": "BIGINT",
    "deadline": "TIMESTAMPTZ", "stopped_at": "TIMESTAMPTZ", "elapsed_seconds": "BIGINT", "overrun_seconds": "BIGINT",
}  # fmt: skip
"""No title and no name: nothing here has to be erased when a person is."""
_SHAPE: Final = json.dumps([_COLUMNS])
_LISTED: Final = ", ".join(_COLUMNS)
_SCHEMA: Final = f"""
    CREATE TABLE IF NOT EXISTS facts (
        {", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())}, PRIMARY KEY (source, subject, sequence));
    CREATE TABLE IF NOT EXISTS positions (topic VARCHAR, partition INTEGER, next_offset BIGINT, PRIMARY KEY (topic, partition));
    CREATE TABLE IF NOT EXISTS tickets (
        ticket_id UUID PRIMARY KEY, ticket VARCHAR, kind VARCHAR, priority VARCHAR, state VARCHAR, customer VARCHAR,
        environment VARCHAR, service VARCHAR, opened_at TIMESTAMPTZ, resolved_at TIMESTAMPTZ, closed_at TIMESTAMPTZ,
        reopened INTEGER);
    CREATE TABLE IF NOT EXISTS promises (
        clock VARCHAR PRIMARY KEY, ticket_id UUID, ticket VARCHAR, customer VARCHAR, service VARCHAR, priority VARCHAR,
        metric VARCHAR, contract VARCHAR, agreement VARCHAR, target_seconds BIGINT, started_at TIMESTAMPTZ,
        deadline TIMESTAMPTZ, outcome VARCHAR, stopped_at TIMESTAMPTZ, elapsed_seconds BIGINT, overrun_seconds BIGINT);
    CREATE OR REPLACE VIEW punctuality AS
        SELECT customer, date_trunc('month', started_at) AS month, contract, metric, count(*) AS promises,
            count(*) FILTER (outcome = 'met') AS kept,
            kept / nullif(count(*) FILTER (outcome IN ('met', 'missed')), 0) AS share_kept
        FROM promises GROUP BY ALL;
"""
_ADD: Final = f"""
    INSERT INTO facts SELECT {_LISTED} FROM (SELECT unnest(from_json_strict(?::JSON, '{_SHAPE}'), recursive := true))
    ON CONFLICT DO NOTHING
"""
_TICKETS: Final = """
    INSERT OR REPLACE INTO tickets
    SELECT ticket_id, arg_max(ticket, sequence), arg_max(kind, sequence), arg_max(priority, sequence),
        arg_max(state, sequence) AS now, arg_max_null(customer, sequence), arg_max_null(environment, sequence),
        arg_max_null(service, sequence), min(opened_at),
        CASE WHEN now IN ('resolved', 'closed') THEN max(told_at) FILTER (type = 'opsdesk.ticket.resolved.v1') END,
        CASE WHEN now = 'closed' THEN max(told_at) FILTER (type = 'opsdesk.ticket.closed.v1') END,
        count(*) FILTER (type = 'opsdesk.ticket.reopened.v1')
    FROM facts WHERE source = 'opsdesk/intake' AND subject IN (SELECT unnest(?)) AND ticket_id IS NOT NULL
    GROUP BY ticket_id
"""
_PROMISES: Final = """
    INSERT OR REPLACE INTO promises
    SELECT subject, arg_max(ticket_id, sequence), arg_max(ticket, sequence), arg_max(customer, sequence),
        arg_max_null(service, sequence), arg_max(priority, sequence), arg_max(metric, sequence),
        arg_max(contract, sequence), arg_max(agreement, sequence), arg_max_null(target_seconds, sequence),
        min(told_at) FILTER (type = 'opsdesk.clock.started.v1'), arg_max_null(deadline, sequence),
        coalesce(arg_max(CASE type
            WHEN 'opsdesk.clock.met.v1' THEN 'met' WHEN 'opsdesk.clock.missed.v1' THEN 'missed'
            WHEN 'opsdesk.clock.cancelled.v1' THEN 'cancelled' WHEN 'opsdesk.clock.breached.v1' THEN 'late'
            WHEN 'opsdesk.clock.breach_withdrawn.v1' THEN 'open' END, sequence), 'open'),
        arg_max(stopped_at, sequence), arg_max(elapsed_seconds, sequence), arg_max(overrun_seconds, sequence)
    FROM facts WHERE source = 'opsdesk/sla' AND subject IN (SELECT unnest(?)) GROUP BY subject
"""


@dataclass(frozen=True, slots=True)
class Record:
    """What a record on a topic says: the attributes of the event, and its body."""

    topic: str
    partition: int
    offset: int
    type: str
    source: str
    subject: str
    sequence: int
    body: Mapping[str, Any]

    @property
    def counts(self) -> bool:
        """Whether it is kept: of a kind that is counted, and from the owner of its topic."""
        owner = OWNERS.get(self.topic.rpartition(".")[2])
        return self.source == owner and self.type.startswith(KINDS)


class Warehouse:
    """The file at `path`; one process at a time may write it."""

    def __init__(self, path: Path) -> None:
        self._file = duckdb.connect(str(path))
        self._file.execute(_SCHEMA)

    def close(self) -> None:
        self._file.close()

    def positions(self) -> dict[tuple[str, int], int]:
        """Return the offset at which each partition is to be read on."""
        rows = self._file.execute("SELECT topic, partition, next_offset FROM positions").fetchall()
        return {(topic, partition): offset for topic, partition, offset in rows}

    def apply(self, records: Sequence[Record]) -> None:
        """Store records with what follows from them and their positions: all of it, or nothing where it raises."""
        kept = [record for record in records if record.counts]
        self._file.begin()
        try:
            if kept:
                self._file.execute(_ADD, [json.dumps([_fact(record) for record in kept])])
                self._file.execute(_TICKETS, [_subjects(kept, "opsdesk/intake")])
                self._file.execute(_PROMISES, [_subjects(kept, "opsdesk/sla")])
            self._file.executemany(
                "INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", _positions(records)
            )
        except BaseException:
            self._file.rollback()
            raise
        self._file.commit()


def _fact(record: Record) -> dict[str, Any]:
    named = {name: record.body.get(name) for name in _COLUMNS}
    named["told_at"] = record.body.get("at")
    return named | {name: value for name, value in asdict(record).items() if name in _COLUMNS}


def _subjects(records: Iterable[Record], source: str) -> list[str]:
    return sorted({record.subject for record in records if record.source == source})


def _positions(records: Iterable[Record]) -> list[tuple[str, int, int]]:
    """The position behind the last record of each partition."""
    last: dict[tuple[str, int], int] = {}
    for record in records:
        where = (record.topic, record.partition)
        last[where] = max(last.get(where, 0), record.offset + 1)
    return [(*where, offset) for where, offset in last.items()]
