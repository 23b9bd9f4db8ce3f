"""Verdicts: written once, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keyset import page_after
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode, Verdict
from delivery_gate.deliveries.tables import deliveries, verdicts
from delivery_gate.sql_literals import in_literals


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """A verdict with its position in the record, what it is about, and the keys of its follow-ups."""

    position: int
    delivery_id: UUID
    delivery: str
    product: str
    version: str | None
    environment: str
    customer: str
    attempt: int
    decided_by: str
    follow_ups: tuple[str, ...]
    verdict: Verdict


async def record(
    tx: Connection,
    delivery_id: UUID,
    customer: str,
    verdict: Verdict,
    follow_ups: Sequence[str],
    actor: str,
) -> None:
    """Store a verdict on a delivery; `follow_ups` are keys."""
    await tx.execute(
        insert(verdicts).values(
            id=uuid7(),
            delivery_id=delivery_id,
            customer=customer,
            outcome=verdict.outcome,
            reasons=[_reason_to_json(reason) for reason in verdict.reasons],
            follow_ups=list(follow_ups),
            criteria_version=verdict.criteria_version,
            decided_by=actor,
            at=verdict.at,
        )
    )


async def list_of_delivery(tx: Connection, delivery_id: UUID) -> list[RecordedVerdict]:
    """All verdicts on a delivery, latest first."""
    query = _select_verdicts().where(verdicts.c.delivery_id == delivery_id)
    return await _fetch(tx, query.order_by(verdicts.c.position.desc()))


async def get_latest(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, RecordedVerdict]:
    """The latest verdict on each of these deliveries, by their ids."""
    query = _select_verdicts().where(verdicts.c.delivery_id.in_(ids))
    each = query.ext(distinct_on(verdicts.c.delivery_id))
    ordered = each.order_by(verdicts.c.delivery_id, verdicts.c.position.desc())
    return {verdict.delivery_id: verdict for verdict in await _fetch(tx, ordered)}


async def list_refusals(
    tx: Connection, environment: str | None, after: Sequence[Any] | None, limit: int
) -> list[RecordedVerdict]:
    """Refusals, latest first, behind the position in `after`; one more than `limit` (R6)."""
    query = _select_verdicts().where(in_literals(verdicts.c.outcome, ["refused"]))
    if environment is not None:
        query = query.where(deliveries.c.environment == environment)
    return await _fetch(tx, page_after(query, (verdicts.c.position.desc(),), after, limit))


def _select_verdicts() -> Select[Any]:
    about = deliveries.c
    joined = verdicts.join(deliveries, about.id == verdicts.c.delivery_id)
    return select(
        verdicts, about.key, about.product, about.version, about.environment, about.attempt
    ).select_from(joined)


async def _fetch(tx: Connection, query: Select[Any]) -> list[RecordedVerdict]:
    return [_from_row(row) for row in await tx.execute(query)]


def _from_row(row: Row[Any]) -> RecordedVerdict:
    reasons = tuple(
        Reason(
            ReasonCode(item["code"]),
            item["criterion"],
            item["justification"],
            item["evidence"],
            item.get("justification_code"),
            item.get("parameters") or {},
        )
        for item in row.reasons
    )
    return RecordedVerdict(
        row.position,
        row.delivery_id,
        row.key,
        row.product,
        row.version,
        row.environment,
        row.customer,
        row.attempt,
        row.decided_by,
        tuple(row.follow_ups),
        Verdict(row.outcome, reasons, row.criteria_version, row.at),
    )


def _reason_to_json(reason: Reason) -> dict[str, object]:
    code, parameters = reason.justification_code, dict(reason.parameters)
    more = {"justification_code": code, "parameters": parameters} if code else {}
    return more | {
        "code": reason.code.value,
        "criterion": reason.criterion,
        "justification": reason.justification,
        "evidence": reason.evidence,
    }
