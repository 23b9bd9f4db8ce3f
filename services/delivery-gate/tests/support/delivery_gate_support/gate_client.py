"""People, pipelines and intake as callers of the gate, in tests."""

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

from fastapi import FastAPI
from httpx import Response

from common.events.directory import EnvironmentKnown, PersonKnown
from common.events.tickets import BlockerLifted, BlockerRaised, TicketEvent
from common.persistence.database import Database, transaction_time
from delivery_gate.criteria.domain.criteria import READINESS
from delivery_gate.handlers import HANDLERS
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver
from opsdesk_testing.tokens import STAFF

T = TypeVar("T")
ACME: Final = UUID(int=0xAC)
ENVIRONMENTS: Final[Mapping[str, UUID]] = {
    "acme-prod": UUID(int=0xAC1),
    "acme-staging": UUID(int=0xAC2),
}
READY: Final = {item: f"https://wiki.example/{item}" for item in READINESS}
CHECKS: Final = ("regression_test", "vulnerability_scan")


def digest(digit: str) -> str:
    """A digest that is easy to tell apart."""
    return "sha256:" + digit * 64


@dataclass
class GateClient:
    """One app on one database, called as any user."""

    app: FastAPI
    database: Database
    sequences: dict[str, int] = field(default_factory=dict)

    async def post(self, user: str, path: str, body: Any = None, **headers: str) -> Response:
        async with client(self.app, user) as caller:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await caller.post(f"/v1/{path}", json=body, headers=named)

    async def get(self, user: str, path: str, **headers: str) -> Response:
        async with client(self.app, user) as caller:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await caller.get(f"/v1/{path}", headers=named)

    async def run_concurrently(self, *calls: Awaitable[T]) -> list[T]:
        """Run them at the same time: with connections open before, else the first would have
        committed when the second gets one."""
        async with AsyncExitStack() as opened:
            for _ in calls:
                await transaction_time(
                    await opened.enter_async_context(self.database.transaction())
                )
        return await asyncio.gather(*calls)

    async def post_ok(self, user: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer to a request that the gate must accept."""
        answer = await self.post(user, path, body)
        assert answer.is_success, (path, answer.status_code, answer.text)
        data: dict[str, Any] = answer.json()
        return data

    async def get_ok(self, user: str, path: str) -> dict[str, Any]:
        answer = await self.get(user, path)
        assert answer.is_success, (path, answer.status_code, answer.text)
        data: dict[str, Any] = answer.json()
        return data

    async def deliver_event(self, event: Any) -> None:
        """Deliver an event of intake with the next sequence of its subject."""
        sequence = self.sequences.get(event.subject(), 0) + 1
        self.sequences[event.subject()] = sequence
        await deliver(self.database, HANDLERS, (event, sequence))

    async def announce_environments(self) -> None:
        async with self.database.transaction() as tx:
            at = await transaction_time(tx)
        for key, id in ENVIRONMENTS.items():
            event = EnvironmentKnown(
                at=at,
                environment_id=id,
                environment=key,
                customer_id=ACME,
                customer="acme",
                tier="production" if key.endswith("prod") else "staging",
                name=key,
            )
            await self.deliver_event(event)

    async def announce_person(self, sub: str, *, retired: bool = False) -> None:
        """Announce a member of staff, or that they have left."""
        async with self.database.transaction() as tx:
            at = await transaction_time(tx)
        event = PersonKnown(
            at=at,
            person_id=uuid5(NAMESPACE_OID, sub),
            sub=sub,
            name=sub.title(),
            email=f"{sub}@meridian.example",
            timezone="Europe/Amsterdam",
            roles=list(STAFF.get(sub, ())),
            retired=retired,
        )
        await self.deliver_event(event)

    async def announce_ticket(
        self,
        kind: type[TicketEvent],
        environment: str | None = "acme-prod",
        at: datetime | None = None,
        **more: Any,
    ) -> None:
        """Announce that OPS-1 became, or no longer is, a Blocker; `at` is now unless given."""
        if at is None:
            async with self.database.transaction() as tx:
                at = await transaction_time(tx)
        blocks = kind is BlockerRaised or more.get("reason") in {"resolved", "closed", "moved"}
        event = kind(
            at=at,
            ticket_id=UUID(int=0x71),
            ticket="OPS-1",
            title="Nobody can pay",
            kind="incident",
            priority="blocker" if blocks else "major",
            state="open",
            customer_id=ACME,
            customer="acme",
            environment_id=ENVIRONMENTS.get(environment or ""),
            environment=environment,
            **more,
        )
        await self.deliver_event(event)

    async def raise_blocker(
        self, environment: str | None = "acme-prod", at: datetime | None = None
    ) -> None:
        await self.announce_ticket(BlockerRaised, environment, at)

    async def lift_blocker(
        self, reason: str, environment: str = "acme-prod", at: datetime | None = None
    ) -> None:
        await self.announce_ticket(BlockerLifted, environment, at, reason=reason)

    async def register_version(
        self, name: str, digit: str, *, contains: tuple[str, ...] = (), checked: bool = True
    ) -> dict[str, Any]:
        """A registered version of billing, with green checks unless `checked` is False."""
        await self.post("pipeline", "products", {"key": "billing", "name": "Billing"})
        body = {"product": "billing", "name": name, "digest": digest(digit)}
        version = await self.post_ok("pipeline", "versions", body | {"contains": list(contains)})
        if checked:
            runs = [{"kind": kind, "result": "passed"} for kind in CHECKS]
            await self.post_ok("pipeline", f"versions/{version['id']}/checks", {"checks": runs})
        return version

    async def submit(self, version: str | None, to: str, **more: Any) -> dict[str, Any]:
        body = {"product": "billing", "version": version, "environment": to, "readiness": READY}
        return await self.post_ok("pipeline", "deliveries", body | more)

    async def approve(self, key: str, *people: str) -> dict[str, Any]:
        delivery: dict[str, Any] = {}
        for user in people:
            delivery = await self.post_ok(user, f"deliveries/{key}/approve")
        return delivery

    async def deliver(self, key: str, digit: str) -> dict[str, Any]:
        """Start and verify what is approved."""
        started = await self.post_ok(
            "pipeline", f"deliveries/{key}/start", {"digest": digest(digit)}
        )
        assert started["state"] == "delivering", started
        await self.post_ok("pipeline", f"deliveries/{key}/rolled-out")
        return await self.post_ok("anna", f"deliveries/{key}/verify", {"digest": digest(digit)})

    async def deliver_to_staging(self, version: str, digit: str) -> dict[str, Any]:
        """Bring a version through staging, as production asks (G7)."""
        delivery = await self.submit(version, "acme-staging")
        await self.approve(delivery["key"], "anna")
        return await self.deliver(delivery["key"], digit)

    async def deliver_to_production(self, version: str, digit: str) -> dict[str, Any]:
        """Bring a version through staging to production."""
        await self.deliver_to_staging(version, digit)
        delivery = await self.submit(version, "acme-prod")
        await self.approve(delivery["key"], "anna", "omar")
        return await self.deliver(delivery["key"], digit)
