"""Seals each day's firings and beats when the day is over and nothing of it can appear any more.

A deadline that re-arms itself, in small steps: a warning that falls due meanwhile does not wait for a
day's worth of hashing. Days are those of UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from common.persistence.database import Connection
from common.telemetry import logger
from sla.punctuality.domain.verifier import INITIAL_CHAIN, chain_value, leaf
from sla.punctuality.store import evidence, seals
from sla.punctuality.store.evidence import LinePosition
from sla.punctuality.store.seals import FIRST_POSITION, Seal

log = logger(__name__)

DEADLINE_KIND = "punctuality"
"""The kind of the deadline that recurs."""
CHAIN_SUBJECT = UUID("01900000-0000-7000-8000-000000000005")
MAX_LINES_PER_SEAL = 1_000
"""Lines of one seal: 150 ms on a busy machine, which is how late a breach may fire for its sake."""
RETRY_DELAY = timedelta(minutes=1)
"""After which it is looked again whether all transactions of the day have ended."""
DAY = timedelta(days=1)


async def seal_step(tx: Connection, at: datetime) -> datetime:
    """When the next step is due."""
    last = await seals.get_newest(tx)
    day = await _next_day(tx, last, at)
    day_end = start_of_day(day + DAY)
    if at < day_end:
        return day_end
    if not await seals.is_settled(tx, day_end, at):
        return at + RETRY_DELAY
    seal = await _create_seal(tx, last, day, at)
    # Logs are kept elsewhere, by others: there a head vouches for what is here.
    log.info("punctuality.sealed", day=str(day), size=seal.size, head=seal.head)
    return at


async def _next_day(tx: Connection, last: Seal | None, at: datetime) -> date:
    """The day that is to be sealed next; of the first one on, every day is."""
    if last is not None:
        return last.day + DAY if last.closes else last.day
    return (await evidence.get_first_at(tx) or at).astimezone(UTC).date()


async def _create_seal(tx: Connection, last: Seal | None, day: date, at: datetime) -> Seal:
    day_end = LinePosition(start_of_day(day + DAY), "")
    candidates = await evidence.list_lines(
        tx, last.end_position if last else FIRST_POSITION, day_end, MAX_LINES_PER_SEAL + 1
    )
    closes = len(candidates) <= MAX_LINES_PER_SEAL
    lines = candidates[:MAX_LINES_PER_SEAL]
    leaves = [leaf(line.bytes) for line in lines]
    number, previous = (last.number + 1, last.chain) if last else (1, INITIAL_CHAIN)
    until = day_end if closes else lines[-1].position
    chain = chain_value(previous, leaves, number, day.isoformat(), format_instant(at), closes)
    seal = Seal(number, day, closes, at, len(lines), b"".join(leaves), previous, chain, *until)
    await seals.add(tx, seal)
    return seal


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def format_instant(at: datetime) -> str:
    """An instant as it is hashed and exported."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
