"""The rules by which alerts and tickets count as outages, in versions; the last one is valid."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from common.persistence.database import Connection
from sla.outages.domain.rules import DEFAULT_RULES, Rule
from sla.outages.tables import outage_rule_requests as requests
from sla.outages.tables import outage_rules as table


@dataclass(frozen=True, slots=True)
class Rules:
    """A version of the rules; `version` 0: the default rules."""

    version: int
    rules: tuple[Rule, ...]
    created_by: str | None = None
    created_at: datetime | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class RulesRequest:
    """Rules that wait for a second person; they would replace the version `based_on`."""

    id: UUID
    based_on: int
    rules: tuple[Rule, ...]
    requested_by: str
    requested_at: datetime


async def lock(tx: Connection) -> None:
    """Lock the rules until the transaction ends, so that changes follow each other."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("outage-rules", 8))))


async def get_current(tx: Connection) -> Rules:
    row = (await tx.execute(select(table).order_by(table.c.version.desc()).limit(1))).one_or_none()
    if row is None:
        return Rules(0, DEFAULT_RULES)
    return Rules(
        row.version,
        tuple(_rule(document) for document in row.rules),
        row.created_by,
        row.created_at,
        row.confirmed_by,
    )


async def add(tx: Connection, new_version: Rules) -> None:
    documents = [asdict(rule) for rule in new_version.rules]
    values = {
        "version": new_version.version,
        "created_by": new_version.created_by,
        "created_at": new_version.created_at,
        "confirmed_by": new_version.confirmed_by,
    }
    await tx.execute(insert(table).values(rules=documents, **values))


async def add_request(tx: Connection, request: RulesRequest) -> None:
    """Store rules that wait for a second person."""
    values = asdict(request) | {"rules": [asdict(rule) for rule in request.rules]}
    await tx.execute(insert(requests).values(values))


async def find_waiting(tx: Connection, version: int) -> RulesRequest | None:
    """The newest request to replace this version, which is the last one; None without any."""
    query = select(requests).where(requests.c.based_on == version).order_by(requests.c.id.desc())
    row = (await tx.execute(query.limit(1))).one_or_none()
    if row is None:
        return None
    rules = tuple(_rule(document) for document in row.rules)
    return RulesRequest(row.id, row.based_on, rules, row.requested_by, row.requested_at)


def _rule(document: Mapping[str, Any]) -> Rule:
    lists = {name: tuple(value) for name, value in document.items() if isinstance(value, list)}
    return Rule(
        document["effect"], document["source"], name_prefix=document["name_prefix"], **lists
    )
