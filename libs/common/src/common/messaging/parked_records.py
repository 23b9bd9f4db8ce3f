"""Records that came too early, or with which our own operation had trouble: they wait in `parked`.

One that was tried in vain is tried again with growing delays, so that it holds up nobody.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, text

from common.events.envelope import Envelope
from common.messaging.positions import (
    ConcurrentConsumerError,
    Headers,
    ParkedRow,
    Record,
    Subject,
)
from common.persistence.database import Connection

MAX_RETRY_DELAY_S = 600.0
"""Seconds between two tries of a parked record at most; the first delay is one second."""
RELEASE_LIMIT = 200
"""Records that are released at a time."""
MAX_RUN = 200
"""Records of one subject that are released at a time."""
SWEEP_SUBJECTS = 2_000
"""Subjects that one page of a sweep looks at: what it costs does not grow with the queue."""


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record that waits: for its predecessor, for `waits_for`, or after a `problem` of ours."""

    record: Record
    envelope: Envelope
    waits_for: Subject | None = None
    problem: str | None = None

    @property
    def attempts(self) -> int:
        """How often it was tried in vain. What waits for another thing than before begins anew, and
        what waits for its predecessor is not tried before that has come."""
        before = self.record.parked
        if self.problem is None and (
            self.waits_for is None or before is None or before.waits_for != self.waits_for
        ):
            return 0
        return 1 + (before.attempts if before else 0)

    @property
    def delay_s(self) -> float:
        """Seconds until it may be tried again, unless it is due only when something comes."""
        return min(MAX_RETRY_DELAY_S, 2.0 ** min(self.attempts - 1, 20)) if self.attempts else 0.0


_INSERT = text(
    """
    INSERT INTO parked (source, subject, sequence, waits_source, waits_subject, topic, partition,
                        "offset", key, headers, body, parked_at, attempts, retry_at, problem)
    VALUES (:source, :subject, :sequence, :waits_source, :waits_subject, :topic, :partition,
            :offset, :key, CAST(:headers AS jsonb), :body,
            COALESCE(CAST(:parked_at AS timestamptz), statement_timestamp()), :attempts,
            statement_timestamp() + CAST(:delay AS float8) * interval '1 second', :problem)
    ON CONFLICT (source, subject, sequence) DO UPDATE
    SET waits_source = excluded.waits_source, waits_subject = excluded.waits_subject,
        attempts = excluded.attempts, retry_at = excluded.retry_at, problem = excluded.problem
    """
)


async def park(tx: Connection, records: Sequence[ParkedRecord]) -> None:
    """Park records, or park them again."""
    if records:
        await tx.execute(_INSERT, [_columns(one) for one in records])


async def unpark(tx: Connection, ids: Sequence[int]) -> None:
    """Delete parked records. Raises ConcurrentConsumerError where another replica was faster."""
    deleted = await tx.execute(
        text("DELETE FROM parked WHERE id = ANY(:ids)").bindparams(
            bindparam("ids", type_=ARRAY(BigInteger))
        ),
        {"ids": list(ids)},
    )
    if deleted.rowcount != len(ids):
        raise ConcurrentConsumerError("another consumer took the same parked record")


async def has_parked(tx: Connection) -> bool:
    return bool(await tx.scalar(text("SELECT EXISTS (SELECT 1 FROM parked)")))


async def problems_of_parked(tx: Connection) -> str | None:
    """Say what of our own operation parked records have met; None where none has."""
    row = (
        await tx.execute(
            text(
                "SELECT count(*) AS many, min(problem) AS problem FROM (SELECT problem FROM parked"
                " WHERE problem IS NOT NULL ORDER BY id LIMIT 1000) seen"
            )
        )
    ).one()
    return f"{row.many} records are tried again later: {row.problem}" if row.many else None


# Of each subject a run from its beginning: as far as sequences follow without a gap, and nothing in
# it waits for a reference or for its next try.
_SELECT_RUNS = f"""
    SELECT run.* FROM candidates c
    LEFT JOIN inbox i ON i.source = c.source AND i.subject = c.subject
    CROSS JOIN LATERAL (
        SELECT p.*, row_number() OVER by_sequence AS place, bool_and(
            p.retry_at <= statement_timestamp() AND (p.waits_subject IS NULL OR EXISTS (
                SELECT 1 FROM inbox w WHERE w.source = p.waits_source
                AND w.subject = p.waits_subject AND w.sequence > 0))) OVER by_sequence AS is_free
        FROM (SELECT * FROM parked
              WHERE parked.source = c.source AND parked.subject = c.subject
              ORDER BY sequence LIMIT {MAX_RUN}) p
        WINDOW by_sequence AS (ORDER BY p.sequence)
    ) run
    WHERE i.dead_at IS NULL AND run.is_free
      AND (run.sequence <= COALESCE(i.sequence, 0) + run.place OR run.waits_subject IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM stopped_sources s WHERE s.source = c.source)
    ORDER BY run.source, run.subject, run.sequence LIMIT {RELEASE_LIMIT}
"""
_SELECT_FREED = text(
    f"""
    WITH moved AS (SELECT * FROM unnest(:sources, :subjects) AS moved (source, subject)),
    candidates AS (
        SELECT source, subject FROM moved
        UNION
        (SELECT p.source, p.subject FROM moved m JOIN parked p
             ON p.waits_source = m.source AND p.waits_subject = m.subject
         LIMIT {SWEEP_SUBJECTS})
    )
    {_SELECT_RUNS}
    """
).bindparams(bindparam("sources", type_=ARRAY(Text)), bindparam("subjects", type_=ARRAY(Text)))
# From subject to subject by the index: DISTINCT would read all records of a subject.
_SUBJECTS_OF_PAGE = """
    WITH RECURSIVE page AS (
        (SELECT source, subject FROM parked WHERE (source, subject) > (:source, :subject)
         ORDER BY source, subject LIMIT 1)
        UNION ALL
        SELECT next.source, next.subject FROM page CROSS JOIN LATERAL (
            SELECT p.source, p.subject FROM parked p
            WHERE (p.source, p.subject) > (page.source, page.subject)
            ORDER BY p.source, p.subject LIMIT 1) next
    )
"""
_SELECT_PAGE = text(
    f"{_SUBJECTS_OF_PAGE}, candidates AS MATERIALIZED (SELECT * FROM page LIMIT {SWEEP_SUBJECTS})"
    f" {_SELECT_RUNS}"
)
_SELECT_PAGE_END = text(
    f"{_SUBJECTS_OF_PAGE} SELECT source, subject FROM page OFFSET {SWEEP_SUBJECTS - 1} LIMIT 1"
)


async def freed_records(tx: Connection, moved: Collection[Subject]) -> list[Record]:
    """Return parked records that are due because these subjects have moved: RELEASE_LIMIT at most."""
    sources, subjects = zip(*sorted(moved), strict=True) if moved else ((), ())
    rows = await tx.execute(_SELECT_FREED, {"sources": list(sources), "subjects": list(subjects)})
    return [record_from_row(row) for row in rows]


async def sweep(tx: Connection, after: Subject) -> tuple[list[Record], Subject | None]:
    """Return due records of one page of subjects behind `after`, and where the next page begins.

    None: that was the last page.
    """
    first = {"source": after[0], "subject": after[1]}
    rows = (await tx.execute(_SELECT_PAGE, first)).all()
    records = [record_from_row(row) for row in rows]
    if len(rows) == RELEASE_LIMIT:
        return records, (rows[-1].source, rows[-1].subject)
    end = (await tx.execute(_SELECT_PAGE_END, first)).one_or_none()
    return records, (end.source, end.subject) if end else None


def record_from_row(row: Any) -> Record:
    """Return the record of a row of `parked`."""
    waits_for = None if row.waits_subject is None else (row.waits_source, row.waits_subject)
    parked_row = ParkedRow(row.id, row.parked_at, row.attempts, waits_for)
    return Record(
        row.topic,
        row.partition,
        row.offset,
        row.key,
        headers_from_json(row.headers),
        row.body,
        parked_row,
    )


def headers_from_json(stored: Sequence[tuple[str, str]]) -> Headers:
    """Return headers as they were on Kafka, from names and hexadecimal values."""
    return tuple((name, bytes.fromhex(value)) for name, value in stored)


def record_columns(record: Record) -> dict[str, Any]:
    """Return a record as columns of `parked` and `dead_letters`."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "headers": json.dumps([[name, value.hex()] for name, value in record.headers]),
        "body": record.body,
    }


def _columns(parked: ParkedRecord) -> dict[str, Any]:
    waits_source, waits_subject = parked.waits_for or (None, None)
    before = parked.record.parked
    return record_columns(parked.record) | {
        "source": parked.envelope.source,
        "subject": parked.envelope.subject,
        "sequence": parked.envelope.sequence,
        "waits_source": waits_source,
        "waits_subject": waits_subject,
        "parked_at": before.parked_at if before else None,
        "attempts": parked.attempts,
        "delay": parked.delay_s,
        "problem": parked.problem,
    }
