"""What follows on an environment once a version was delivered or an emergency change applied."""

from datetime import timedelta

from common.events.deliveries import (
    DeliverySuperseded,
    EmergencyApplied,
    EmergencyRevoked,
    EmergencySettled,
    EnvironmentCompliant,
    EnvironmentDrifted,
    EnvironmentInDebt,
)
from common.messaging.outbox import announce
from common.scheduling.deadlines import Deadline, arm
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import DEBT, Scene, open_follow_up, record
from delivery_gate.deliveries.domain.delivery import Delivery, set_aside
from delivery_gate.deliveries.store import deliveries
from delivery_gate.emergencies import store as emergencies
from delivery_gate.emergencies.domain import EmergencyChange, settle
from delivery_gate.environments import domain as places
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import Debt, Environment
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Version


async def delivered(scene: Scene, delivery: Delivery, version: Version) -> None:
    """It runs now: its debt is paid, what it overtook is superseded (G8, G11)."""
    debt = scene.environment.debt
    after = places.receive(scene.environment, version)
    await _changed(scene, after)
    if debt is not None and after.debt is None:
        await _settled(scene, debt, delivery, version)
    overtaken = await deliveries.lock_waiting(
        scene.tx, after.id, version.product, await versions.older(scene.tx, version)
    )
    for older in overtaken:
        aside = set_aside(older, "superseded", scene.at)
        by = delivery.key
        await record(scene, aside, DeliverySuperseded, "delivery.supersede", superseded_by=by)


async def _settled(scene: Scene, debt: Debt, delivery: Delivery, version: Version) -> None:
    change = settle(await emergencies.lock(scene.tx, debt.change_id), delivery.id, scene.at)
    kept, told = events.of_emergency(
        EmergencySettled,
        change,
        scene.environment,
        scene.at,
        scene.by.sub,
        version=version.name,
    )
    await emergencies.save(scene.tx, kept)
    await announce(scene.tx, told)
    await scene.note("emergency.settle", f"emergency/{kept.id}", delivery=delivery.key)
    await arm(scene.tx, [Deadline(DEBT, scene.environment.id, None)])


async def applied(scene: Scene, change: EmergencyChange, due_after: timedelta) -> EmergencyChange:
    """The environment owes a version with this change from now on (R7)."""
    kept, told = events.of_emergency(
        EmergencyApplied, change, scene.environment, scene.at, scene.by.sub
    )
    await emergencies.save(scene.tx, kept)
    owing = places.indebt(scene.environment, kept.id, kept.key, scene.at, due_after)
    due_at = scene.at + due_after
    owing, owed = events.of_environment(
        EnvironmentInDebt,
        owing,
        scene.at,
        emergency_id=kept.id,
        emergency=kept.key,
        due_at=due_at,
    )
    await environments.save(scene.tx, owing)
    await announce(scene.tx, told, owed)
    await arm(scene.tx, [Deadline(DEBT, owing.id, due_at)])
    grounds = {"ticket": kept.ticket, "debt_due_at": due_at}
    await scene.note("emergency.apply", f"emergency/{kept.id}", **grounds)
    return kept


async def revoked(scene: Scene, change: EmergencyChange, why: str) -> EmergencyChange:
    kept, told = events.of_emergency(
        EmergencyRevoked, change, scene.environment, scene.at, scene.by.sub, reason=why
    )
    await emergencies.save(scene.tx, kept)
    await announce(scene.tx, told)
    await scene.note("emergency.revoke", f"emergency/{kept.id}", ticket=kept.ticket)
    return kept


async def observed(scene: Scene, product: str, digest: str | None) -> Environment:
    """A monitor says what runs: as expected, or drift, which is investigated (G10)."""
    after = places.observe(scene.environment, product, digest, scene.at)
    if after.state == "drifted" and scene.environment.state != "drifted":
        seen = digest or "no digest"
        after, told = events.of_environment(EnvironmentDrifted, after, scene.at, observed=seen)
        await environments.save(scene.tx, after)
        await announce(scene.tx, told)
        await scene.note("environment.drift", f"environment/{after.id}", digest=digest)
        demand = f"UNAUTHORIZED_CHANGE: find out who put {seen} of {product} on {after.key}."
        await open_follow_up(scene, "investigation", demand, None, None)
        return after
    return await _changed(scene, after)


async def explained(scene: Scene) -> Environment:
    """The investigation of the drift was confirmed (G10)."""
    return await _changed(scene, places.explain(scene.environment))


async def _changed(scene: Scene, after: Environment) -> Environment:
    """Store it; tell where it became compliant."""
    if after == scene.environment:
        return after
    if after.state == "compliant" != scene.environment.state:
        after, told = events.of_environment(EnvironmentCompliant, after, scene.at)
        await announce(scene.tx, told)
        await scene.note("environment.comply", f"environment/{after.id}")
    await environments.save(scene.tx, after)
    return after
