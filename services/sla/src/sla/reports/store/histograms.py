"""How long things took: histograms added up, from whole ones where a question lets them be.

A sum tells at most one of service, priority and kind apart. Where the question wants more, or days of
single customers, the buckets are added up by the database, row by row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import literal, union_all

from common.persistence.database import Connection
from sla.reports.domain.percentiles import Times
from sla.reports.domain.period import Piece
from sla.reports.store.reports import MOST, Place, Question, TooMuch, added_up, within
from sla.reports.tables import time_figures, time_sums

Part = tuple[Place, Sequence[int], Sequence[int], int]
"""Where, buckets, how many ended in each, and their seconds in all."""


async def times(tx: Connection, asked: Question) -> dict[Place, Times]:
    """Raises TooMuch."""
    pieces = asked.period.pieces(asked.step)
    summed = [piece for piece in pieces if _summed(asked, piece)]
    rest = [piece for piece in pieces if not _summed(asked, piece)]
    counts: defaultdict[Place, dict[int, int]] = defaultdict(dict)
    seconds: Counter[Place] = Counter()
    for place, buckets, ended, lasted in [
        *await _sums(tx, asked, summed),
        *await _rows(tx, asked, rest),
    ]:
        counted = counts[place]
        for bucket, number in zip(buckets, ended, strict=True):
            counted[bucket] = counted.get(bucket, 0) + number
        seconds[place] += lasted
    return {place: Times(counted, seconds[place]) for place, counted in counts.items()}


def _summed(asked: Question, piece: Piece) -> bool:
    return len(asked.apart) < 2 and (piece.span == "month" or asked.together)


async def _sums(tx: Connection, asked: Question, pieces: Sequence[Piece]) -> Iterator[Part]:
    if not pieces:
        return iter(())
    sums = time_sums.c
    apart = literal("".join(asked.apart), literal_execute=True)
    found = [
        within(time_sums, asked, piece, sums.buckets, sums.ended, sums.seconds).where(
            sums.apart == apart
        )
        for piece in pieces
    ]
    rows = (await tx.execute(union_all(*found).limit(MOST + 1))).all()
    if len(rows) > MOST:
        raise TooMuch
    return (((row[0], row[1]), row[2], row[3], row[4]) for row in rows)


async def _rows(tx: Connection, asked: Question, pieces: Sequence[Piece]) -> Iterator[Part]:
    names = ("ended", "seconds")
    rows = await added_up(tx, time_figures, names, asked, time_figures.c.bucket, among=pieces)
    return ((place, [bucket], [ended], lasted) for place, (bucket, ended, lasted) in rows)
