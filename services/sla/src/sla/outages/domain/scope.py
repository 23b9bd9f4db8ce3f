"""Where something is down, and about what a question asks. Pure."""

from dataclasses import dataclass
from uuid import UUID

PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Place:
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
class Question:
    """Whose availability, and of what. None means any: a second counts as down in which at least
    one place that fits was down. Without an environment only production counts: nobody was
    promised that a test environment stays up. `agreement`: only what the agreement of that key
    governs.
    """

    customer_id: UUID | None = None
    environment: str | None = None
    service: str | None = None
    agreement: str | None = None

    def concerns(self, place: Place) -> bool:
        """Whether an outage at the place counts for what is asked."""
        return (
            self._of_customer(place)
            and self._on_environment(place)
            and _fits(self.service, place.service)
        )

    def within(self, place: Place) -> Place:
        """As much of a place as is asked about."""
        return Place(
            place.customer_id or self.customer_id,
            place.environment or self.environment,
            place.service or self.service,
            place.tier,
            place.customer,
        )

    def _of_customer(self, place: Place) -> bool:
        return _fits(self.customer_id, place.customer_id)

    def _on_environment(self, place: Place) -> bool:
        if self.environment is None:
            return place.tier in (None, PRODUCTION)
        return _fits(self.environment, place.environment)


def _fits(asked: object | None, given: object | None) -> bool:
    return asked is None or given is None or asked == given
