"""Seals the firings and beats of a day (UTC) when it is over and none can appear any more.

A deadline that schedules itself again, in small steps, so that a warning that is due meanwhile does
not wait until a whole day is hashed.
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
"""The kind of the recurring deadline."""
CHAIN_SUBJECT = UUID("01900000-0000-7000-8000-000000000005")
MAX_LINES_PER_SEAL = 1_000
"""The most lines of a seal. Hashing them may delay a breach by 150 ms on a busy machine."""
RETRY_DELAY = timedelta(minutes=1)
"""The time between two checks whether all transactions of the day have ended."""
DAY = timedelta(days=1)


async def seal_step(tx: Connection, at: datetime) -> datetime:
    """Seal some lines of a finished day, if all of its transactions have ended.

    Returns the instant at which the next step is due.
    """
    last = await seals.get_newest(tx)
    day = await _next_day(tx, last, at)
    day_end = start_of_day(day + DAY)
    if at < day_end:
        return day_end
    if not await seals.is_settled(tx, day_end, at):
        return at + RETRY_DELAY
    seal = await _create_seal(tx, last, day, at)
    # Logs are kept elsewhere, by others: a head in them proves what is stored here.
    log.info("punctuality.sealed", day=str(day), size=seal.size, head=seal.head)
    return at


async def _next_day(tx: Connection, last: Seal | None, at: datetime) -> date:
    """The day to seal next. From the first day of the record on, every day is sealed."""
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
