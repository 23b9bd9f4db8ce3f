"""Versions as rows and as values: what the queries of `sla.agreements.store.agreements` select and store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, literal_column, select

from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.lifecycle import Life, Signature
from sla.agreements.domain.termination import Ending
from sla.agreements.store import terms_json as promises
from sla.agreements.tables import agreement_versions as versions
from sla.agreements.tables import agreements

_COVERED: Any = literal_column(
    "ARRAY(SELECT c.key FROM unnest(agreement_versions.customers) WITH ORDINALITY named (id, place)"
    " JOIN customers c USING (id) ORDER BY place)"
)
"""The keys of the customers whom a version names, its own first."""


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """A version with its life. `customers` are the keys of all whom it covers.

    `ends` is what was agreed as its end; `agreement.valid_until` may be earlier, where the
    agreement was deactivated.
    """

    agreement: Agreement
    agreement_id: UUID
    customers: tuple[str, ...]
    sequence: int
    life: Life
    ends: datetime | None = None
    supersedes: int | None = None
    ending: Ending | None = None

    @property
    def customer(self) -> str | None:
        """The key of the customer with whom it is made."""
        return self.customers[0] if self.agreement.customer_id else None

    @property
    def over(self) -> bool:
        """Whether the agreement was deactivated."""
        return self.ending is not None and self.ending.done is not None


def selected() -> Select[Any]:
    """Every version with its agreement."""
    own = [column for column in agreements.c if column.name != "id"]
    every = select(versions, *own, _COVERED.label("covered"))
    return every.join(agreements, agreements.c.id == versions.c.agreement_id)


def version_of(row: Row[Any]) -> AgreementVersion:
    return AgreementVersion(
        agreement_of(row),
        row.agreement_id,
        tuple(row.covered),
        row.sequence,
        _life(row),
        row.valid_until,
        row.supersedes,
        _ending(row),
    )


def _life(row: Row[Any]) -> Life:
    return Life(
        Signature(row.drafted_by, row.drafted_at),
        row.customer_signs,
        row.state,
        _signature(row.approved_by, row.approved_at),
        _signature(row.countersigned_by, row.countersigned_at, row.countersigned_for),
        _signature(row.published_by, row.published_at),
    )


def _signature(by: str | None, at: datetime | None, party: UUID | None = None) -> Signature | None:
    return None if by is None or at is None else Signature(by, at, party)


def lived(life: Life) -> dict[str, Any]:
    return {
        "state": life.state,
        "customer_signs": life.customer_signs,
        "approved_by": life.ours and life.ours.by,
        "approved_at": life.ours and life.ours.at,
        "countersigned_by": life.theirs and life.theirs.by,
        "countersigned_at": life.theirs and life.theirs.at,
        "countersigned_for": life.theirs and life.theirs.party,
        "published_by": life.published and life.published.by,
        "published_at": life.published and life.published.at,
    }


def _ending(row: Row[Any]) -> Ending | None:
    asked = _signature(row.ending_asked_by, row.ending_asked_at)
    done = _signature(row.ended_by, row.ended_at)
    return Ending(asked, row.ending_reason, done) if asked else None


def terms_of(version: Agreement, life: Life, supersedes: int | None) -> dict[str, Any]:
    return lived(life) | {
        "services": list(version.services),
        "customers": list(version.customers),
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
        "promises": promises.written(version),
        "supersedes": supersedes,
    }


def agreement_of(row: Row[Any]) -> Agreement:
    told: Mapping[str, Any] = row.promises
    ends = [end for end in (row.valid_until, row.ended_at) if end is not None]
    own = row.customer_id
    return Agreement(
        id=row.id,
        key=row.key,
        version=row.version,
        customer_id=own,
        valid_from=row.valid_from,
        valid_until=min(ends, default=None),
        services=tuple(row.services),
        contract=row.contract,
        others=tuple(id for id in row.customers if id != own),
        partner=row.partner,
        team=row.team,
        **promises.read(told, row.cover),
    )
