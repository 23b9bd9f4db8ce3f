"""The scope of an outage, and the query about availability. Pure."""

from dataclasses import dataclass
from uuid import UUID

PRODUCTION_TIER = "production"


@dataclass(frozen=True, slots=True)
class Scope:
    """What an outage or maintenance concerns. None means all.

    Without `service`: everything on the environment; without `customer_id` and `environment`: all
    customers of the service. `tier` is the environment's, None where it is not known.
    """

    customer_id: UUID | None
    environment: str | None
    service: str | None
    tier: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class AvailabilityQuery:
    """Whose availability, and of what. None means any.

    A second counts as down in which at least one matching scope was down. Without an environment
    only production counts, because availability is promised for production alone. `agreement` (a
    key): only what that agreement governs.
    """

    customer_id: UUID | None = None
    environment: str | None = None
    service: str | None = None
    agreement: str | None = None

    def includes(self, scope: Scope) -> bool:
        """Return whether an outage of the scope counts for this query."""
        return (
            self._matches_customer(scope)
            and self._matches_environment(scope)
            and _matches(self.service, scope.service)
        )

    def narrow(self, scope: Scope) -> Scope:
        """Return the part of a scope that this query is about."""
        return Scope(
            scope.customer_id or self.customer_id,
            scope.environment or self.environment,
            scope.service or self.service,
            scope.tier,
            scope.customer,
        )

    def _matches_customer(self, scope: Scope) -> bool:
        return _matches(self.customer_id, scope.customer_id)

    def _matches_environment(self, scope: Scope) -> bool:
        if self.environment is None:
            return scope.tier in (None, PRODUCTION_TIER)
        return _matches(self.environment, scope.environment)


def _matches(requested: object | None, actual: object | None) -> bool:
    return requested is None or actual is None or requested == actual
