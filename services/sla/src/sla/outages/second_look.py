"""Corrections of outages that wait for a second person, and their refusal (R1).

Each is announced with the next sequence of its outage, whose row is locked; the outage itself stays as it is.
"""

from dataclasses import replace
from datetime import datetime

from common.events.outages import OutageCorrectionRefused, OutageCorrectionRequested
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.outages.commands import emit
from sla.outages.domain.outage import Outage, OutageChange
from sla.outages.store import corrections, outages
from sla.outages.store.corrections import Correction


async def ask_for_second_look(tx: Connection, outage: Outage, correction: Correction) -> Outage:
    """Store a correction that waits for another person, and say so to those who may confirm it.

    Returns the outage with its new sequence.
    """
    await corrections.add(tx, correction)
    asked = await _advance(tx, outage)
    people = {"correction_id": correction.id, "requested_by": correction.requested_by}
    await emit(tx, OutageCorrectionRequested, asked, correction.requested_at, people)
    return asked


async def ask_for_change(
    tx: Connection,
    outage: Outage,
    change: OutageChange,
    requested_by: str,
    reason: str,
    at: datetime,
) -> Outage:
    """Ask for the second person who makes an outage count that reaches far, or shortens one (I5, R1)."""
    correction = Correction(uuid7(), outage.id, change, reason, requested_by, at)
    return await ask_for_second_look(tx, outage, correction)


async def announce_refusal(
    tx: Connection, outage: Outage, refused: Correction, refused_by: str, at: datetime
) -> None:
    """Say that a correction was refused."""
    people = {
        "correction_id": refused.id,
        "requested_by": refused.requested_by,
        "refused_by": refused_by,
    }
    await emit(tx, OutageCorrectionRefused, await _advance(tx, outage), at, people)


async def _advance(tx: Connection, outage: Outage) -> Outage:
    advanced = replace(outage, sequence=outage.sequence + 1)
    await outages.save_sequence(tx, advanced)
    return advanced
