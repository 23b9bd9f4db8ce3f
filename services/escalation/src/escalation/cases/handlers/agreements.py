"""Agreements: who must sign, publish, confirm an end or plan for one is told (R3, R4)."""

from common.events.agreements import (
    AgreementAgreed,
    AgreementEnding,
    AgreementEvent,
    AgreementProposed,
    AgreementPublished,
    AgreementRevised,
    AgreementTerminated,
    AgreementTerminationRequested,
    AgreementTerminationWithdrawn,
    AgreementWithdrawn,
)
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.handlers.for_information import inform
from escalation.cases.handlers.naming import name_customer, name_day
from escalation.policies.domain.trigger import Trigger, TriggerKind

SIGNERS = ("gm", "tom")
"""The roles that approve an agreement for our side, publish it and confirm its end."""


async def on_proposed(tx: Connection, received: ReceivedEvent[AgreementProposed]) -> None:
    """Tell those who approve for our side. Intake tells the customer, where the customer signs."""
    event = received.event
    who = "one of us, and the customer in the portal" if event.customer_signs else "two of us"
    title = f"{await _name(tx, event)} waits to be approved by {who}"
    await inform(tx, _trigger(event, "agreement_signature", title), roles=SIGNERS)


async def on_agreed(tx: Connection, received: ReceivedEvent[AgreementAgreed]) -> None:
    """Tell those who publish that both sides have approved; nothing is promised before that."""
    event = received.event
    await resolve_cases(tx, {_version_key(event, "agreement_signature"): "both sides approved"})
    title = f"{await _name(tx, event)} is approved by both sides and waits to be published"
    await inform(tx, _trigger(event, "agreement_publication", title), roles=SIGNERS)


async def on_published(tx: Connection, received: ReceivedEvent[AgreementPublished]) -> None:
    """Resolve what waited for the publication; a version that follows ends the warning of the end."""
    event = received.event
    reason = f"version {event.version} is published"
    await resolve_cases(tx, dict.fromkeys(_open_keys(event), reason))


async def on_given_up(
    tx: Connection, received: ReceivedEvent[AgreementRevised | AgreementWithdrawn]
) -> None:
    """Resolve what waited for a version that is a draft again, or withdrawn."""
    event = received.event
    reason = (
        "withdrawn" if isinstance(event, AgreementWithdrawn) else "revised: it is a draft again"
    )
    kinds: tuple[TriggerKind, ...] = ("agreement_signature", "agreement_publication")
    await resolve_cases(tx, {_version_key(event, kind): reason for kind in kinds})


async def on_ending(tx: Connection, received: ReceivedEvent[AgreementEnding]) -> None:
    """Tell those who negotiate that an agreement ends and nothing follows, early enough to plan."""
    event = received.event
    ends = f"{name_day(event.valid_until.date())} {event.valid_until:%H:%M} UTC"
    title = f"{await _name(tx, event)} ends on {ends}, and nothing follows"
    await inform(tx, _trigger(event, "agreement_ending", title), roles=("dm", *SIGNERS))


async def on_termination_requested(
    tx: Connection, received: ReceivedEvent[AgreementTerminationRequested]
) -> None:
    """Tell those who may confirm the end of an agreement, without whoever asked for it."""
    event = received.event
    title = f"{await _name(tx, event)} is to end: that waits for another person"
    trigger = _trigger(event, "agreement_termination", title)
    await inform(tx, trigger, roles=SIGNERS, without=[event.requested_by])


async def on_termination_withdrawn(
    tx: Connection, received: ReceivedEvent[AgreementTerminationWithdrawn]
) -> None:
    """Resolve what waited for the second word on an end."""
    event = received.event
    await resolve_cases(tx, {_version_key(event, "agreement_termination"): "withdrawn"})


async def on_terminated(tx: Connection, received: ReceivedEvent[AgreementTerminated]) -> None:
    """Tell that an agreement promises nothing any more, and resolve what waited for it."""
    event = received.event
    await resolve_cases(tx, dict.fromkeys(_open_keys(event), "the agreement is ended"))
    title = f"{await _name(tx, event)} is ended: its open clocks are cancelled"
    trigger = _trigger(event, "agreement_termination", title)
    await inform(tx, trigger, roles=("dm", *SIGNERS), is_over=True)


def _trigger(event: AgreementEvent, kind: TriggerKind, title: str) -> Trigger:
    return Trigger(
        kind, "minor", _version_key(event, kind), title, event.at, customer=event.customer
    )


async def _name(tx: Connection, event: AgreementEvent) -> str:
    """The agreement in words: `Agreement acme-support with Acme Logistics, version 2,`."""
    other = event.partner or event.team or await name_customer(tx, event.customer)
    return f"Agreement {event.agreement} with {other}, version {event.version},"


def _open_keys(event: AgreementEvent | AgreementPublished) -> list[str]:
    kinds: tuple[TriggerKind, ...] = (
        "agreement_signature",
        "agreement_publication",
        "agreement_ending",
        "agreement_termination",
    )
    return [_version_key(event, kind) for kind in kinds]


def _version_key(event: AgreementEvent | AgreementPublished, kind: TriggerKind) -> str:
    """One case per version for what is asked of it; one per agreement for its end."""
    ends = kind in ("agreement_ending", "agreement_termination")
    return f"agreement/{event.agreement_id}/{kind}" + ("" if ends else f"/{event.version}")
