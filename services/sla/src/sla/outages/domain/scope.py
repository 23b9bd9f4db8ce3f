"""Where something is down, and about what a question asks. Pure."""

from dataclasses import dataclass
from uuid import UUID

PRODUCTION_TIER = "production"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an outage or a maintenance window is. None means all: an outage without `service` is
    one of everything on the environment, one without `customer_id` and `environment` hits all who
    have the service. `tier` is the environment's, None where there is none or nobody told of it.
    """

    customer_id: UUID | None
    environment: str | None
    service: str | None
    tier: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class AvailabilityQuery:
    """Whose availability, and of what. None means any: a second counts as down in which at least
    one place that fits was down. Without an environment only production counts: nobody was
    promised that a test environment stays up. `agreement`: only what the agreement of that key
    governs.
    """

    customer_id: UUID | None = None
    environment: str | None = None
    service: str | None = None
    agreement: str | None = None

    def includes(self, scope: Scope) -> bool:
        """Whether an outage at the place counts for what is asked."""
        return (
            self._matches_customer(scope)
            and self._matches_environment(scope)
            and _matches(self.service, scope.service)
        )

    def narrow(self, scope: Scope) -> Scope:
        """As much of a place as is asked about."""
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
