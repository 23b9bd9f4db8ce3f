"""What is down by an alert or a ticket, and how badly: scopes and effects of the events of one batch."""

from common.events.alerts import AlertRaised, AlertWorsened
from common.events.tickets import TicketEvent
from common.persistence.database import Connection
from sla.catalogue.store import catalogue
from sla.directory.store import directory
from sla.outages.domain.rules import Rule, Signal, effect_of
from sla.outages.domain.scope import Scope
from sla.outages.domain.state_timeline import Effect
from sla.outages.store import rules as outage_rules


class Signals:
    """Reads events; rules, environments and services are looked up once, not for each of them."""

    def __init__(self, tx: Connection) -> None:
        self._tx = tx
        self._rules: tuple[Rule, ...] | None = None
        self._tiers: dict[str, str | None] = {}
        self._services: dict[str, bool] = {}

    async def scope_of(self, event: AlertRaised | AlertWorsened | TicketEvent) -> Scope | None:
        """Return the scope of an event; None where it would reach further than it may.

        That is: without a customer, all customers; without an environment, the whole customer by one
        person's ticket, or by a monitor's label that is no service of the catalogue. Such outages are
        reported by hand, and confirmed by a second person (I5, R1).
        """
        if event.customer_id is None:
            return None
        if event.environment is None and (
            not isinstance(event, AlertRaised | AlertWorsened)
            or event.service is None
            or not await self._has_service(event.service)
        ):
            return None
        tier = await self._tier_of(event.environment) if event.environment else None
        return Scope(event.customer_id, event.environment, event.service, tier, event.customer)

    async def effect_of_alert(
        self, event: AlertRaised | AlertWorsened, scope: Scope
    ) -> Effect | None:
        """The effect by the rules, which name severities as the monitor does, or the priority they mean."""
        return await self._effect_of(
            Signal(
                "monitoring",
                (event.severity or "").lower(),
                event.monitor,
                scope.environment,
                scope.tier,
                scope.service,
                event.dedup_key,
                event.priority,
            )
        )

    async def effect_of_ticket(self, event: TicketEvent, scope: Scope) -> Effect | None:
        """The effect of a ticket by the rules, which name its priority."""
        return await self._effect_of(
            Signal(
                "ticket",
                event.priority,
                None,
                scope.environment,
                scope.tier,
                scope.service,
                event.ticket,
            )
        )

    async def _effect_of(self, signal: Signal) -> Effect | None:
        if self._rules is None:
            self._rules = tuple((await outage_rules.get_current(self._tx)).rules)
        return effect_of(self._rules, signal)

    async def _has_service(self, key: str) -> bool:
        if key not in self._services:
            self._services[key] = await catalogue.has_service(self._tx, key)
        return self._services[key]

    async def _tier_of(self, key: str) -> str | None:
        if key not in self._tiers:
            environment = await directory.find_environment(self._tx, key)
            self._tiers[key] = environment.tier if environment else None
        return self._tiers[key]
