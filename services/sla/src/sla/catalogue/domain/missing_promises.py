"""Gaps where nothing is promised, or a promise ends soon. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from common.wording import format_instant
from sla.agreements.domain.agreement import Agreement, matches_equally
from sla.catalogue.domain.gap import Gap, GapContext
from sla.catalogue.domain.graph import Node


def missing_promises(context: GapContext, expiry_horizon: timedelta) -> Iterator[Gap]:
    """Yield these gaps; agreements that end within `expiry_horizon` need a successor."""
    yield from _customers_without_agreement(context)
    yield from _services_without_agreement(context)
    yield from _environments_without_agreement(context)
    yield from _partners_without_contract(context)
    yield from _expiring_agreements(context, expiry_horizon)
    yield from _equal_matches(context)
    yield from _outdated_calendars(context)
    yield from _unknown_services(context)
    yield from _retired_dependencies(context)


def _customers_without_agreement(context: GapContext) -> Iterator[Gap]:
    covered = {id for one in context.valid_agreements("sla") for id in one.customers}
    default = next((one for one in context.valid_agreements("sla") if one.is_house_default), None)
    meanwhile = "" if default is None else f"; the house-wide default {default.key} holds"
    for id, key in context.customers.items():
        if id not in covered:
            yield Gap(
                "CUSTOMER_WITHOUT_AGREEMENT",
                f"{key} has no agreement of their own that is valid now{meanwhile}",
                "agree on one and publish it, or retire the customer",
                "dm",
                customer=key,
            )


def _services_without_agreement(context: GapContext) -> Iterator[Gap]:
    for key, id in context.sold_services():
        if context.agreement_for(id, key) is None:
            customer = context.customers[id]
            yield Gap(
                "SERVICE_WITHOUT_AGREEMENT",
                f"{customer} bought {key}, and no agreement covers it",
                "take the service into the customer's agreement",
                context.owners.get(key, "dm"),
                customer=customer,
                service=key,
            )


def _environments_without_agreement(context: GapContext) -> Iterator[Gap]:
    for key, id in context.environments.items():
        dependents = context.graph.dependents([Node("environment", key)])
        if id in context.customers and not any(
            context.agreement_for(id, one) for one in (None, *dependents)
        ):
            customer = context.customers[id]
            yield Gap(
                "ENVIRONMENT_WITHOUT_AGREEMENT",
                f"no agreement with {customer} covers anything that runs on {key}",
                "name in the catalogue what runs on it, and cover that by an agreement",
                "dm",
                customer=customer,
                environment=key,
            )


def _partners_without_contract(context: GapContext) -> Iterator[Gap]:
    contracted = {one.partner for one in context.valid_agreements("uc")}
    for key, id in context.sold_services():
        if context.agreement_for(id, key) is None:
            continue
        for node in sorted(context.graph.below(key, context.customers[id])):
            if node.kind == "partner" and node.key not in contracted:
                yield Gap(
                    "PARTNER_WITHOUT_CONTRACT",
                    f"{key} is promised and depends on {node.key}, who promises us nothing",
                    "make an underpinning contract (uc) with the partner",
                    "tom",
                    customer=context.customers[id],
                    service=key,
                    partner=node.key,
                )


def _expiring_agreements(context: GapContext, expiry_horizon: timedelta) -> Iterator[Gap]:
    for agreement in context.valid_agreements("sla", "ola", "uc"):
        ends = agreement.valid_until
        if ends is None or ends > context.at + expiry_horizon or _has_successor(context, agreement):
            continue
        zone = ZoneInfo(agreement.timezone)
        yield Gap(
            "AGREEMENT_EXPIRES",
            f"{agreement.key} ends at {format_instant(ends, zone, seconds=False)}, and nothing follows it",
            "agree on the next version, or tell those concerned that it ends",
            "tom",
            customer=_customer_of(context, agreement),
            partner=agreement.partner,
            agreement=agreement.key,
        )


def _has_successor(context: GapContext, agreement: Agreement) -> bool:
    """Return whether everything that the agreement covers is covered when it ends."""
    ends = agreement.valid_until
    assert ends is not None
    if agreement.contract != "sla" or agreement.is_house_default:
        return any(one.key == agreement.key and one.is_valid_at(ends) for one in context.contracts)
    return all(
        context.agreement_for(id, key, ends) is not None
        for id in agreement.customers
        for key in (agreement.services or (None,))
        if id in context.customers
    )


def _equal_matches(context: GapContext) -> Iterator[Gap]:
    """Yield services for which two agreements with a customer match equally: which one holds is chance."""
    named = {name for one in context.valid_agreements("sla") for name in one.services}
    for id, customer in context.customers.items():
        found: set[tuple[str, str]] = set()
        for service in (None, *sorted(named)):
            first = context.agreement_for(id, service)
            others = [
                one
                for one in context.covering(id, service)
                if first is not None and one.key != first.key and matches_equally(one, first)
            ]
            for other in others:
                assert first is not None
                if (first.key, other.key) not in found:
                    found.add((first.key, other.key))
                    yield _equal_match(customer, service, first, other)


def _equal_match(customer: str, service: str | None, first: Agreement, other: Agreement) -> Gap:
    return Gap(
        "AGREEMENTS_MATCH_EQUALLY",
        f"{first.key} and {other.key} cover {service or 'tickets of no service'} for {customer} alike,"
        f" from the same instant on; {first.key}, which was drafted first, holds meanwhile",
        "let one of them end, or name services so that one is more specific",
        "dm",
        customer=customer,
        service=service,
        agreement=first.key,
    )


def _outdated_calendars(context: GapContext) -> Iterator[Gap]:
    """Yield pinned agreements for whose calendar a later version is in effect (A6)."""
    for agreement in context.valid_agreements("sla", "ola", "uc"):
        named = {agreement.calendar, *agreement.calendars.values()}
        for key, number in sorted(context.calendars[id] for id in named if id in context.calendars):
            newest = context.newest_calendars.get(key, number)
            if agreement.pinned and newest > number:
                yield Gap(
                    "CALENDAR_OUTDATED",
                    f"{agreement.key} is pinned to version {number} of {key}, and version {newest} is in effect",
                    "agree on a version with the calendar of now, or on one that follows it",
                    "tom",
                    customer=_customer_of(context, agreement),
                    partner=agreement.partner,
                    agreement=agreement.key,
                )


def _customer_of(context: GapContext, agreement: Agreement) -> str | None:
    return context.customers.get(agreement.customer_id) if agreement.customer_id else None


def _unknown_services(context: GapContext) -> Iterator[Gap]:
    for agreement in context.valid_agreements("sla", "ola", "uc"):
        for key in agreement.services:
            if key not in context.graph.needs:
                yield Gap(
                    "SERVICE_UNKNOWN",
                    f"{agreement.key} is about {key}, which is not in the catalogue",
                    "describe the service, or agree on a version without it",
                    "tom",
                    service=key,
                    agreement=agreement.key,
                )


def _retired_dependencies(context: GapContext) -> Iterator[Gap]:
    for key in sorted(context.graph.needs):
        for node in sorted(set(context.graph.runs_on(key)) & context.retired):
            yield Gap(
                "RUNS_ON_RETIRED",
                f"{key} runs on {node}, which is retired",
                "describe what it runs on now",
                context.owners.get(key, "tom"),
                service=key,
                environment=node.key if node.kind == "environment" else None,
                partner=node.key if node.kind == "partner" else None,
            )
