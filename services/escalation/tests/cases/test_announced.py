"""What sla announces is told: to whoever must act on it, or plan with it; nobody is paged (R3)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.events.agreements import (
    AgreementAgreed,
    AgreementEnding,
    AgreementEvent,
    AgreementProposed,
    AgreementPublished,
    AgreementTerminated,
    AgreementTerminationRequested,
)
from common.events.envelope import Event
from common.events.outages import (
    MaintenanceAgreed,
    MaintenanceAnnounced,
    MaintenanceMoved,
    OutageCorrected,
    OutageCorrectionRefused,
    OutageCorrectionRequested,
    ServiceDegraded,
    ServiceRestored,
)
from common.events.reserved_hours import ReservedHoursThresholdReached
from common.events.waivers import WaiverRevoked
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import ACME, NIGHT, QUARTER
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver

SCOPE: dict[str, Any] = {
    "at": NIGHT,
    "customer_id": ACME,
    "customer": "acme",
    "environment": "acme-prod",
    "service": "billing",
}
OUTAGE: dict[str, Any] = SCOPE | {
    "outage_id": UUID(int=1),
    "outage": "OUT-7",
    "ticket_id": None,
    "reported_by": "manual",
    "effect": "degraded",
    "started_at": NIGHT,
    "ended_at": None,
    "counts": True,
    "others_open": 0,
    "correction_id": UUID(int=2),
    "requested_by": "omar",
}
MAINTENANCE: dict[str, Any] = SCOPE | {
    "maintenance_id": UUID(int=3),
    "maintenance": "MW-3",
    "title": "x",
    "starts_at": NIGHT + QUARTER,
    "ends_at": NIGHT + 2 * QUARTER,
}


def agreement(kind: type[AgreementEvent], **own: Any) -> AgreementEvent:
    payload: dict[str, Any] = {
        "at": NIGHT,
        "agreement_id": UUID(int=4),
        "agreement": "acme-standard",
        "version": 2,
        "contract": "sla",
        "customer_id": ACME,
        "customer": "acme",
        "customers": ["acme"],
        "partner": None,
        "team": None,
        "services": [],
    }
    return kind(**payload | own)


async def informed(database: Database) -> list[tuple[str, str, str]]:
    """(trigger, status, person) of every notification, by case."""
    rows = await run_sql(
        database,
        "SELECT e.trigger, e.status, n.person FROM escalations e JOIN notifications n"
        " ON n.escalation_id = e.id WHERE n.purpose = 'duty' ORDER BY e.key, n.person",
    )
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]


async def test_who_must_sign_publish_or_negotiate_an_agreement_is_told(database: Database) -> None:
    """R4: until it is done"""
    version = {"version_id": UUID(int=5)}
    proposed = agreement(AgreementProposed, customer_signs=True, **version)
    await deliver(database, HANDLERS, (proposed, 1))
    assert await informed(database) == [
        ("agreement_signature", "open", "gina"),
        ("agreement_signature", "open", "theo"),
    ]
    await deliver(database, HANDLERS, (agreement(AgreementAgreed, **version), 2))
    assert [one[:2] for one in await informed(database)] == [
        ("agreement_signature", "resolved"),
        ("agreement_signature", "resolved"),
        ("agreement_publication", "open"),
        ("agreement_publication", "open"),
    ]
    published = AgreementPublished(
        at=NIGHT,
        agreement_id=UUID(int=4),
        agreement="acme-standard",
        version=2,
        customer_id=ACME,
        customer="acme",
        valid_from=NIGHT,
        valid_until=None,
    )
    await deliver(database, HANDLERS, (published, 3))
    assert {one[1] for one in await informed(database)} == {"resolved"}
    ending = agreement(AgreementEnding, valid_until=NIGHT, **version)
    await deliver(database, HANDLERS, (ending, 4))
    assert [one for one in await informed(database) if one[1] == "open"] == [
        ("agreement_ending", "open", person) for person in ("dana", "gina", "theo")
    ]


async def test_the_second_person_is_told_of_the_end_of_an_agreement(database: Database) -> None:
    """R1: not whoever asked for it"""
    asked = agreement(AgreementTerminationRequested, requested_by="theo")
    await deliver(database, HANDLERS, (asked, 1))
    assert await informed(database) == [("agreement_termination", "open", "gina")]
    await deliver(database, HANDLERS, (agreement(AgreementTerminated), 2))
    assert {(one[1], one[2]) for one in await informed(database)} == {
        ("resolved", person) for person in ("dana", "gina", "theo")
    }


@pytest.mark.parametrize(
    "decided",
    [
        OutageCorrected(**OUTAGE, confirmed_by="gina"),
        OutageCorrectionRefused(**OUTAGE, refused_by="gina"),
    ],
    ids=["confirmed", "refused"],
)
async def test_the_second_person_is_told_of_a_correction_and_the_first_of_the_decision(
    database: Database, decided: Event
) -> None:
    await deliver(database, HANDLERS, (OutageCorrectionRequested(**OUTAGE), 1))
    assert [one[1:] for one in await informed(database)] == [
        ("open", person) for person in ("anna", "dana", "gina", "theo")
    ]
    await deliver(database, HANDLERS, (decided, 2))
    assert (await informed(database))[-1] == ("correction_requested", "resolved", "omar")
    assert {one[1] for one in await informed(database)} == {"resolved"}


async def test_maintenance_is_told_until_somebody_has_agreed(database: Database) -> None:
    """R15"""
    announced = MaintenanceAnnounced(**MAINTENANCE, announced_by="omar")
    await deliver(database, HANDLERS, (announced, 1))
    assert [one[1:] for one in await informed(database)] == [("open", "anna"), ("open", "dana")]
    agreed = MaintenanceAgreed(**MAINTENANCE, agreed_by="anna", announced_by="omar")
    await deliver(database, HANDLERS, (agreed, 2))
    assert {one[1] for one in await informed(database)} == {"resolved"}
    assert (await informed(database))[-1][2] == "omar"


async def test_moved_maintenance_asks_for_somebody_to_agree_anew(database: Database) -> None:
    """R15: what was agreed to was the old window"""
    announced = MaintenanceAnnounced(**MAINTENANCE, announced_by="omar")
    agreed = MaintenanceAgreed(**MAINTENANCE, agreed_by="anna", announced_by="omar")
    former: dict[str, Any] = {"former_starts_at": NIGHT, "former_ends_at": NIGHT}
    moved = MaintenanceMoved(**MAINTENANCE, moved_by="omar", announced_by="omar", **former)
    await deliver(database, HANDLERS, (announced, 1), (agreed, 2), (moved, 3), (moved, 4))
    waiting = [one[1:] for one in await informed(database) if one[1] == "open"]
    assert waiting == [("open", "anna"), ("open", "dana")]
    again = MaintenanceAgreed(**MAINTENANCE, agreed_by="anna", announced_by="omar")
    await deliver(database, HANDLERS, (again, 5))
    assert {one[1] for one in await informed(database)} == {"resolved"}


async def test_an_impaired_service_is_told_until_it_is_restored(database: Database) -> None:
    condition: dict[str, Any] = SCOPE | {"condition_id": UUID(int=6)}
    degraded = ServiceDegraded(**condition, caused_by=["environment/acme-prod"], started_at=NIGHT)
    await deliver(database, HANDLERS, (degraded, 1))
    assert await informed(database) == [("service_degraded", "open", "dana")]
    restored = ServiceRestored(**condition, caused_by=[])
    await deliver(database, HANDLERS, (restored, 2))
    assert await informed(database) == [("service_degraded", "resolved", "dana")]


def hours() -> ReservedHoursThresholdReached:
    return ReservedHoursThresholdReached(
        at=NIGHT,
        account_id=UUID(int=7),
        agreement="acme-standard",
        customer_id=ACME,
        customer="acme",
        month="2026-03",
        threshold=0.8,
        reserved_seconds=36000,
        used_seconds=30600,
    )


async def test_reserved_hours_are_told_before_they_are_used_up(database: Database) -> None:
    await deliver(database, HANDLERS, (hours(), 1))
    assert [one[2] for one in await informed(database)] == ["dana", "pavel"]
    [(title,)] = await run_sql(database, "SELECT title FROM escalations")
    expected = "acme: 8 hr 30 min of 10 hr reserved for March 2026 are used (acme-standard)"
    assert str(title).startswith(expected)


async def test_where_nobody_has_the_role_the_fallback_contact_is_told_and_why(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE people SET retired = true WHERE roles && '{dm,po}'"))
    await deliver(database, HANDLERS, (hours(), 1))
    assert [one[2] for one in await informed(database)] == ["fallback"]
    [(note,)] = await run_sql(
        database, "SELECT detail->>'note' FROM timeline WHERE kind = 'opened'"
    )
    assert str(note).endswith("since nobody else is there: role dm, role po)")


async def test_a_revoked_waiver_is_told_to_whoever_relies_on_it(database: Database) -> None:
    """R2: breaches from now on count"""
    revoked = WaiverRevoked(
        at=NIGHT,
        waiver_id=UUID(int=8),
        waiver="WVR-8",
        customer_id=ACME,
        customer="acme",
        deadline=None,
        expires_at=NIGHT + QUARTER,
        requested_by="omar",
        revoked_by="gina",
    )
    await deliver(database, HANDLERS, (revoked, 1))
    assert [one[2] for one in await informed(database)] == ["dana", "omar"]
