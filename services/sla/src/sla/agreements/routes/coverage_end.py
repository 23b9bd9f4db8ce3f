"""Extra cover that is not needed after all: it ends early, and open clocks follow."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response

from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound, ValidationFailed, Violation
from common.events.agreements import AgreementCoverageExtensionEnded
from common.http import RequestModel, if_match, problem_response, router
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.agreements import coverage as covering
from sla.agreements.dependencies import locked, shown
from sla.agreements.domain.coverage_extension import Denied, Extension, Shortened, shorten
from sla.agreements.events import facts, tell
from sla.agreements.routes.bulk_updates import Reason, note
from sla.agreements.routes.coverage_extend import ExtensionTold, binding, extension_told
from sla.agreements.store import agreements
from sla.agreements.store import coverage_extensions as extensions
from sla.agreements.store.agreements import BINDING
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars.schemas import Name, id_or_key
from sla.clocks import bulk_updates as sweeping
from sla.clocks.store.bulk_updates import Sweep

routes = router("/v1/agreements", tags=["agreements"])

SECOND = timedelta(seconds=1)
OVER: dict[Denied, str] = {
    "OVER": "This cover is over: what has passed stays covered.",
    "ENDED": "This cover was ended early already.",
}


class EndAsked(RequestModel):
    """`ends_at`: from here on it does not count, on a whole second; now, where it is left out."""

    ends_at: datetime | None = None
    reason: Reason


@routes.post("/{name}/extensions/{extension_id}/end", response_model=ExtensionTold)
async def end_cover(
    name: Name,
    extension_id: UUID,
    asked: EndAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> ExtensionTold | Response:
    """Extra cover ends early; before its start: it is withdrawn. Open clocks follow, and their
    deadlines may come later: that takes another person than the one who extended it (R1). What has
    passed stays covered."""
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    before = await extensions.find(tx, found.agreement_id, extension_id)
    if before is None:
        raise NotFound("This extension")
    at = await transaction_time(tx)
    word = Shortened(_since(asked, before, at), asked.reason, caller.sub, at)
    after = shorten(before, word)
    if after == "SELF_APPROVAL":
        await note(tx, found, "agreement.end_cover.denied", caller, at, {"code": after})
        said = "Somebody else than the person who extended the cover ends it."
        return problem_response(Forbidden(said, code=after))
    if not isinstance(after, Extension):
        raise Conflict(OVER[after])
    await _shorten(tx, found, before, after)
    await _tell(tx, found, after, caller, at)
    return extension_told(after)


def _since(asked: EndAsked, before: Extension, at: datetime) -> datetime:
    """Raises Invalid. Now is the next whole second: calendars know no parts of one."""
    if asked.ends_at is None:
        return at.replace(microsecond=0) + (SECOND if at.microsecond else timedelta(0))
    if asked.ends_at.microsecond:
        raise ValidationFailed([Violation("/end", "precision", "give it on a whole second")])
    if asked.ends_at < at:
        raise ValidationFailed([Violation("/end", "past", "what has passed stays covered")])
    if asked.ends_at >= before.until:
        raise ValidationFailed([Violation("/end", "order", "before the end of the extension")])
    return asked.ends_at


async def _shorten(
    tx: Connection, found: AgreementVersion, before: Extension, after: Extension
) -> None:
    """Store it, and let every version that counts by these hours count by fewer."""
    word = after.shortened
    assert word is not None
    await extensions.shorten(tx, after.id, word)
    by = (word.by, word.at)
    history = await agreements.history(tx, found.agreement_id)
    # Superseded ones, too: tickets of theirs are still open.
    promised = [one.agreement for one in history if one.life.state in BINDING]
    if any([await covering.uncover(tx, one, before, after, by) for one in promised]):
        kept = (word.reason, word.by, word.at, before.created_by)
        await sweeping.begin(tx, Sweep(uuid7(), found.agreement_id, "shorten", None, *kept))


async def _tell(
    tx: Connection, found: AgreementVersion, after: Extension, caller: Caller, at: datetime
) -> None:
    told: dict[str, Any] = {
        "starts_at": after.starts_at,
        "ends_at": after.until,
        "priorities": list(after.priorities),
    }
    # Told of the version that is in force, not of a draft that may come after it.
    of = next(iter(await binding(tx, found, at)), found)
    await tell(
        tx, found, AgreementCoverageExtensionEnded(**facts(of, at), extension_id=after.id, **told)
    )
    assert after.shortened is not None
    grounds = {"extension": after.id, "reason": after.shortened.reason, **told}
    await note(tx, found, "agreement.end_cover", caller, at, grounds)
