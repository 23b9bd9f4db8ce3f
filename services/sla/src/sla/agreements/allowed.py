"""What a caller may do with an agreement version now: who they are to it, and how it stands."""

from collections.abc import Iterator

from common.auth import Caller
from common.auth.persons import counted_as
from common.domain import Rejection
from common.domain.allowed_act import AllowedAct
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.lifecycle import Person
from sla.agreements.domain.steps import SIGN, STEPS, WRITE, Asker, Step, VersionStatus, allowed_acts
from sla.agreements.domain.validity import Overlap
from sla.agreements.draft_validation import find_succession
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion


async def load_allowed_acts(
    tx: Connection, stored: AgreementVersion, caller: Caller
) -> Iterator[AllowedAct]:
    """Every act on this version and on its agreement's end, with whether the caller may do it now."""
    people = {act: await person_of(tx, stored, caller, step) for act, (step, _) in STEPS.items()}
    requested = None if stored.termination is None else stored.termination.requested
    ender = await counted_as(tx, caller.sub, None if requested is None else requested.by)
    held = {one for one in (WRITE, SIGN) if caller.has_permission(one)}
    status = VersionStatus(
        stored.lifecycle, stored.termination, stored.is_terminated, await _find_overlap(tx, stored)
    )
    return allowed_acts(status, Asker(people, ender, held, await transaction_time(tx)))


async def person_of(tx: Connection, stored: AgreementVersion, caller: Caller, step: Step) -> Person:
    """Who takes the step: a contact for the other side, and under which account they count (R1)."""
    party = stored.agreement.customer_id if caller.customer == stored.customer else None
    is_contact = caller.customer is not None
    name = await counted_as(tx, caller.sub, *step.first_people(stored.lifecycle))
    return Person(name, is_contact, party if is_contact else None)


def cannot_be_published(overlap: Overlap) -> Rejection:
    """Why a version is not published that would be valid at the same time as another."""
    return Rejection("OVERLAP", f"It cannot be published: {overlap}.")


async def _find_overlap(tx: Connection, stored: AgreementVersion) -> Rejection | None:
    """Why this version cannot be published beside the others; asked where it is to be published next."""
    if stored.lifecycle.state != "agreed":
        return None
    history = await agreements.list_versions(tx, stored.agreement_id)
    found = find_succession(stored.agreement, stored.supersedes, history)
    return cannot_be_published(found) if isinstance(found, Overlap) else None
