"""The routes of evidence: the head of the seals over facts, and the heads that were published."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends

from common.auth import Caller, requires
from common.http import Page, Paging, ResponseModel, Transaction, router
from common.persistence.database import asyncpg_connection
from sla.evidence.store import fact_seals as seals
from sla.evidence.store.fact_seals import Anchor

routes = router("/v1/evidence", tags=["evidence"])


class AnchorRead(ResponseModel):
    """A `head` (NUMBER:CHAIN) that was published on the topic `opsdesk.evidence`. `timestamped`: an
    authority has stamped it (RFC 3161); `timestamp_problem` says why not where one is set."""

    number: int
    head: str
    anchored_at: datetime
    timestamped: bool
    timestamp_problem: str | None


class EvidenceRead(ResponseModel):
    """The newest seal over facts. Keep its `head` elsewhere: `python -m sla evidence verify --head` checks
    against it. `facts` counts all that are sealed. Null before the first seal."""

    head: str | None
    sealed_at: datetime | None
    facts: int
    audit_head: str | None
    anchor: AnchorRead | None


@routes.get("")
async def get_evidence(
    tx: Transaction, caller: Annotated[Caller, requires("evidence:read")]
) -> EvidenceRead:
    """Get the head of the seals over facts, and the last one that was published."""
    connection = await asyncpg_connection(tx)
    seal = await seals.find_newest(connection)
    anchor = await seals.find_newest_anchor(connection)
    return EvidenceRead(
        head=seal.head if seal else None,
        sealed_at=seal.sealed_at if seal else None,
        facts=await seals.count_facts(connection),
        audit_head=seal.audit_head if seal else None,
        anchor=_anchor_to_response(anchor) if anchor else None,
    )


@routes.get("/anchors")
async def list_anchors(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("evidence:read")],
) -> Page[AnchorRead]:
    """List the heads that were published, oldest first."""
    rows = await seals.page_anchors(await asyncpg_connection(tx), page.after_as(int), page.limit)
    return page.page_of(rows, _anchor_to_response, lambda anchor: (anchor.number,))


def _anchor_to_response(anchor: Anchor) -> AnchorRead:
    return AnchorRead(
        number=anchor.number,
        head=anchor.head,
        anchored_at=anchor.anchored_at,
        timestamped=anchor.timestamp_token is not None,
        timestamp_problem=anchor.timestamp_problem,
    )
