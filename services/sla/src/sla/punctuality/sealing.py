"""Seals each day's firings and beats when the day is over and nothing of it can appear any more.

A deadline that re-arms itself, in small steps: a warning that falls due meanwhile does not wait for a
day's worth of hashing. Days are those of UTC.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from common.telemetry import logger
from sla.punctuality.domain.verifier import START, chained, leaf
from sla.punctuality.store import evidence, seals
from sla.punctuality.store.evidence import Place
from sla.punctuality.store.seals import BEGINNING, Seal

log = logger(__name__)

KIND = "punctuality"
"""The kind of the deadline that recurs."""
THE_CHAIN = UUID("01900000-0000-7000-8000-000000000005")
MOST = 1_000
"""Lines of one seal: 150 ms on a busy machine, which is how late a breach may fire for its sake."""
AGAIN = timedelta(minutes=1)
"""After which it is looked again whether all transactions of the day have ended."""
DAY = timedelta(days=1)


async def lock(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """One replica seals at a time."""
    return set(ids) if await seals.lock(tx) else set()


async def on_day_over(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """One step: a seal, or a look whether it is time; and the next one armed."""
    await schedule(tx, [Deadline(KIND, THE_CHAIN, await _step(tx, at))])


async def _step(tx: Connection, at: datetime) -> datetime:
    """When the next step is due."""
    last = await seals.newest(tx)
    day = await _day(tx, last, at)
    over = begin_of(day + DAY)
    if at < over:
        return over
    if not await seals.settled(tx, over, at):
        return at + AGAIN
    made = await _sealed(tx, last, day, at)
    # Logs are kept elsewhere, by others: there a head vouches for what is here.
    log.info("punctuality.sealed", day=str(day), size=made.size, head=made.head)
    return at


async def _day(tx: Connection, last: Seal | None, at: datetime) -> date:
    """The day that is to be sealed next; of the first one on, every day is."""
    if last is not None:
        return last.day + DAY if last.closes else last.day
    return (await evidence.first_at(tx) or at).astimezone(UTC).date()


async def _sealed(tx: Connection, last: Seal | None, day: date, at: datetime) -> Seal:
    over = Place(begin_of(day + DAY), "")
    found = await evidence.lines(tx, last.until if last else BEGINNING, over, MOST + 1)
    closes = len(found) <= MOST
    lines = found[:MOST]
    leaves = [leaf(line.bytes) for line in lines]
    number, previous = (last.number + 1, last.chain) if last else (1, START)
    until = over if closes else lines[-1].place
    chain = chained(previous, leaves, number, day.isoformat(), told(at), closes)
    seal = Seal(number, day, closes, at, len(lines), b"".join(leaves), previous, chain, *until)
    await seals.add(tx, seal)
    return seal


def begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def told(at: datetime) -> str:
    """An instant as it is hashed and exported."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
