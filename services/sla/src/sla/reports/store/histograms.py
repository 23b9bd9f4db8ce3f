"""Histograms of durations, added up from stored histograms where there are any for the query.

Stored histograms are by one of service, priority and kind, or none. For a query with more of them,
or about days of single customers, the database adds up the buckets row by row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import literal, union_all

from common.persistence.database import Connection
from sla.reports.domain.percentiles import Times
from sla.reports.domain.report_period import Piece
from sla.reports.store.reports import (
    MAX_FETCHED_ROWS,
    FiguresQuery,
    RowKey,
    TooManyRows,
    select_piece,
    sum_figures,
)
from sla.reports.tables import time_figures, time_sums

HistogramRow = tuple[RowKey, Sequence[int], Sequence[int], int]
"""The key of the row, its buckets, the count of each, and the sum in seconds."""


async def times(tx: Connection, query: FiguresQuery) -> dict[RowKey, Times]:
    """The histograms by group and step. Raises TooManyRows."""
    pieces = query.period.pieces(query.step)
    aggregated_pieces = [piece for piece in pieces if _is_aggregated(query, piece)]
    other_pieces = [piece for piece in pieces if not _is_aggregated(query, piece)]
    counts: defaultdict[RowKey, dict[int, int]] = defaultdict(dict)
    seconds: Counter[RowKey] = Counter()
    for key, buckets, ended, row_seconds in [
        *await _read_aggregated(tx, query, aggregated_pieces),
        *await _read_buckets(tx, query, other_pieces),
    ]:
        histogram = counts[key]
        for bucket, number in zip(buckets, ended, strict=True):
            histogram[bucket] = histogram.get(bucket, 0) + number
        seconds[key] += row_seconds
    return {key: Times(counted, seconds[key]) for key, counted in counts.items()}


def _is_aggregated(query: FiguresQuery, piece: Piece) -> bool:
    return len(query.dimensions) < 2 and (piece.span == "month" or query.covers_all_customers)


async def _read_aggregated(
    tx: Connection, query: FiguresQuery, pieces: Sequence[Piece]
) -> Iterator[HistogramRow]:
    if not pieces:
        return iter(())
    sums = time_sums.c
    dimensions = literal("".join(query.dimensions), literal_execute=True)
    selects = [
        select_piece(time_sums, query, piece, sums.buckets, sums.ended, sums.seconds).where(
            sums.apart == dimensions
        )
        for piece in pieces
    ]
    rows = (await tx.execute(union_all(*selects).limit(MAX_FETCHED_ROWS + 1))).all()
    if len(rows) > MAX_FETCHED_ROWS:
        raise TooManyRows
    return (((row[0], row[1]), row[2], row[3], row[4]) for row in rows)


async def _read_buckets(
    tx: Connection, query: FiguresQuery, pieces: Sequence[Piece]
) -> Iterator[HistogramRow]:
    names = ("ended", "seconds")
    rows = await sum_figures(
        tx, time_figures, names, query, time_figures.c.bucket, only_pieces=pieces
    )
    return ((key, [bucket], [ended], lasted) for key, (bucket, ended, lasted) in rows)
