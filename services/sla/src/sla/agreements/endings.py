"""Agreements that end: armed when a version is published, said 90, 30 and 7 days before (R3)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from common.events.agreements import AgreementEnding
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from sla.agreements.domain.ending import last_validity, next_notice
from sla.agreements.domain.validity import Validity
from sla.agreements.events import agreement_payload, emit
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion

DEADLINE_KIND: Final = "agreement_ending"
"""The kind of deadline at which it is said that an agreement ends. Subject: the agreement."""


async def schedule_notice(tx: Connection, agreement_id: UUID, at: datetime) -> None:
    """Arm the next notice of an agreement, which is locked; disarm it where nothing ends."""
    last = await _find_last(tx, agreement_id)
    due_at = None if last is None else next_notice(_end_of(last), at)
    await schedule(tx, [Deadline(DEADLINE_KIND, agreement_id, due_at)])


async def announce_end(tx: Connection, agreement_id: UUID, at: datetime) -> None:
    """Say that an agreement, which is locked, ends, unless a version follows meanwhile."""
    last = await _find_last(tx, agreement_id)
    if last is None or _end_of(last) <= at:
        return
    # What is said names everybody, also those of whom a contact knows nothing.
    named = await agreements.name_all_customers(tx, last)
    payload = agreement_payload(named, at)
    event = AgreementEnding(**payload, version_id=last.agreement.id, valid_until=_end_of(last))
    await emit(tx, named, event)
    await schedule_notice(tx, agreement_id, at)


async def _find_last(tx: Connection, agreement_id: UUID) -> AgreementVersion | None:
    """The version on which nothing follows; None where none ends, or the agreement has ended."""
    versions = {
        one.agreement.version: one
        for one in await agreements.list_versions(tx, agreement_id)
        if one.lifecycle.state in agreements.BINDING_STATES and not one.is_terminated
    }
    last = last_validity(
        Validity(number, one.agreement.valid_from, one.agreement.valid_until)
        for number, one in versions.items()
    )
    return None if last is None else versions[last.version]


def _end_of(version: AgreementVersion) -> datetime:
    assert version.agreement.valid_until is not None
    return version.agreement.valid_until
