"""Agreement versions as rows of the database, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, literal_column, select

from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.lifecycle import Signature, VersionLifecycle
from sla.agreements.domain.termination import Termination
from sla.agreements.store import terms_json
from sla.agreements.tables import agreement_versions as versions
from sla.agreements.tables import agreements

_CUSTOMER_KEYS: Any = literal_column(
    "ARRAY(SELECT c.key FROM unnest(agreement_versions.customers) WITH ORDINALITY named (id, nth)"
    " LEFT JOIN customers c USING (id) ORDER BY nth)"
)
"""The keys of the customers whom a version covers, that of the contract first.

Null for one who is not known yet, or whose row the database does not show.
"""


_PEOPLE: Any = literal_column(
    "(SELECT jsonb_object_agg(p.sub, p.name) FROM people p WHERE p.name <> '' AND p.sub IN"
    " (agreement_versions.drafted_by, agreement_versions.approved_by,"
    " agreement_versions.countersigned_by, agreement_versions.published_by,"
    " agreements.termination_requested_by, agreements.ended_by))"
)
"""The names of our people who wrote, signed or ended a version, by account."""


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """A version with its lifecycle. `customers` are the keys of all whom it covers, that of the
    contract first; None for one whom the reader does not know.

    `people` are the names of those of ours who wrote, signed or ended it, by account.
    `agreed_end` is the end that was agreed; `agreement.valid_until` is earlier where the agreement
    was terminated before.
    """

    agreement: Agreement
    agreement_id: UUID
    customers: tuple[str | None, ...]
    sequence: int
    lifecycle: VersionLifecycle
    agreed_end: datetime | None = None
    supersedes: int | None = None
    termination: Termination | None = None
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def customer(self) -> str | None:
        """The key of the customer with whom it is made."""
        return self.customers[0] if self.agreement.customer_id else None

    @property
    def known_customers(self) -> tuple[str, ...]:
        """The keys of the customers whom it covers, without those who are not known."""
        return tuple(key for key in self.customers if key is not None)

    def is_made_with(self, customer: str) -> bool:
        """Return whether it is this customer's (a key) contract, and does not only cover them."""
        return self.customer == customer

    @property
    def is_terminated(self) -> bool:
        """Whether the agreement of this version has ended."""
        return self.termination is not None and self.termination.confirmed is not None


def select_versions() -> Select[Any]:
    """The query for all versions, with their agreements and the keys of their customers."""
    own = [column for column in agreements.c if column.name != "id"]
    every = select(versions, *own, _CUSTOMER_KEYS.label("covered"))
    return every.join(agreements, agreements.c.id == versions.c.agreement_id)


def select_named_versions() -> Select[Any]:
    """The same with the names of people, for those who read them (`version_from_row`)."""
    return select_versions().add_columns(_PEOPLE.label("people"))


def version_from_row(row: Row[Any]) -> AgreementVersion:
    return AgreementVersion(
        agreement_from_row(row),
        row.agreement_id,
        tuple(row.covered),
        row.sequence,
        _lifecycle(row),
        row.valid_until,
        row.supersedes,
        _termination(row),
        row.people or {},
    )


def _lifecycle(row: Row[Any]) -> VersionLifecycle:
    return VersionLifecycle(
        Signature(row.drafted_by, row.drafted_at),
        row.customer_signs,
        row.state,
        _signature(row.approved_by, row.approved_at),
        _signature(row.countersigned_by, row.countersigned_at, row.countersigned_for),
        _signature(row.published_by, row.published_at),
        _signature(row.declined_by, row.declined_at),
    )


def _signature(by: str | None, at: datetime | None, party: UUID | None = None) -> Signature | None:
    return None if by is None or at is None else Signature(by, at, party)


def lifecycle_values(lifecycle: VersionLifecycle) -> dict[str, Any]:
    return {
        "state": lifecycle.state,
        "customer_signs": lifecycle.customer_signs,
        "approved_by": lifecycle.provider_signature and lifecycle.provider_signature.by,
        "approved_at": lifecycle.provider_signature and lifecycle.provider_signature.at,
        "countersigned_by": lifecycle.counter_signature and lifecycle.counter_signature.by,
        "countersigned_at": lifecycle.counter_signature and lifecycle.counter_signature.at,
        "countersigned_for": lifecycle.counter_signature and lifecycle.counter_signature.party,
        "published_by": lifecycle.publication and lifecycle.publication.by,
        "published_at": lifecycle.publication and lifecycle.publication.at,
        "declined_by": lifecycle.refusal and lifecycle.refusal.by,
        "declined_at": lifecycle.refusal and lifecycle.refusal.at,
    }


def _termination(row: Row[Any]) -> Termination | None:
    requested = _signature(row.termination_requested_by, row.termination_requested_at)
    confirmed = _signature(row.ended_by, row.ended_at)
    return Termination(requested, row.termination_reason, confirmed) if requested else None


def term_values(
    version: Agreement, lifecycle: VersionLifecycle, supersedes: int | None
) -> dict[str, Any]:
    return lifecycle_values(lifecycle) | {
        "services": list(version.services),
        "customers": list(version.customers),
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
        "promises": terms_json.dump_terms(version),
        "supersedes": supersedes,
    }


def agreement_from_row(row: Row[Any]) -> Agreement:
    stored_terms: Mapping[str, Any] = row.promises
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
        other_customers=tuple(id for id in row.customers if id != own),
        partner=row.partner,
        team=row.team,
        former_calendars=terms_json.load_former_calendars(row.calendar_history),
        **terms_json.load_terms(stored_terms, (row.followed or {}) | (row.coverage or {})),
    )
