"""Where nothing was promised, or soon will not be any more. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from sla.agreements.domain.agreement import Agreement
from sla.catalogue.domain.gap import Gap, Standing
from sla.catalogue.domain.graph import Node


def missing(standing: Standing, soon: timedelta) -> Iterator[Gap]:
    """All gaps of this kind; an agreement expires that ends within `soon` and has no successor."""
    yield from _customers(standing)
    yield from _services(standing)
    yield from _environments(standing)
    yield from _partners(standing)
    yield from _expiring(standing, soon)
    yield from _unknown(standing)
    yield from _retired(standing)


def _customers(standing: Standing) -> Iterator[Gap]:
    covered = {id for one in standing.valid("sla") for id in one.customers}
    for id, key in standing.customers.items():
        if id not in covered:
            yield Gap(
                "CUSTOMER_WITHOUT_AGREEMENT",
                f"{key} has no agreement that is valid now",
                "agree on one and publish it, or retire the customer",
                "dm",
                customer=key,
            )


def _services(standing: Standing) -> Iterator[Gap]:
    for key, id in standing.sold():
        if standing.promise(id, key) is None:
            customer = standing.customers[id]
            yield Gap(
                "SERVICE_WITHOUT_AGREEMENT",
                f"{customer} bought {key}, and no agreement covers it",
                "take the service into the customer's agreement",
                standing.owners.get(key, "dm"),
                customer=customer,
                service=key,
            )


def _environments(standing: Standing) -> Iterator[Gap]:
    for key, id in standing.environments.items():
        running = standing.graph.dependents([Node("environment", key)])
        if id in standing.customers and not any(
            standing.promise(id, one) for one in (None, *running)
        ):
            customer = standing.customers[id]
            yield Gap(
                "ENVIRONMENT_WITHOUT_AGREEMENT",
                f"no agreement with {customer} covers anything that runs on {key}",
                "name in the catalogue what runs on it, and cover that by an agreement",
                "dm",
                customer=customer,
                environment=key,
            )


def _partners(standing: Standing) -> Iterator[Gap]:
    contracted = {one.partner for one in standing.valid("uc")}
    for key, id in standing.sold():
        if standing.promise(id, key) is None:
            continue
        for node in sorted(standing.graph.beneath(key, standing.customers[id])):
            if node.kind == "partner" and node.key not in contracted:
                yield Gap(
                    "PARTNER_WITHOUT_CONTRACT",
                    f"{key} is promised and rests upon {node.key}, who promises us nothing",
                    "make an underpinning contract (uc) with the partner",
                    "tom",
                    customer=standing.customers[id],
                    service=key,
                    partner=node.key,
                )


def _expiring(standing: Standing, soon: timedelta) -> Iterator[Gap]:
    for one in standing.valid("sla", "ola", "uc"):
        ends = one.valid_until
        if ends is None or ends > standing.at + soon or _followed(standing, one):
            continue
        customer = standing.customers.get(one.customer_id) if one.customer_id else None
        yield Gap(
            "AGREEMENT_EXPIRES",
            f"{one.key} ends at {ends.isoformat()}, and nothing follows it",
            "agree on the next version, or tell those concerned that it ends",
            "tom",
            customer=customer,
            partner=one.partner,
            agreement=one.key,
        )


def _followed(standing: Standing, ending: Agreement) -> bool:
    """Whether everything that it covers is covered at the moment at which it ends."""
    ends = ending.valid_until
    assert ends is not None
    if ending.contract != "sla":
        return any(one.key == ending.key and one.holds_at(ends) for one in standing.contracts)
    return all(
        standing.promise(id, key, ends) is not None
        for id in ending.customers
        for key in (ending.services or (None,))
        if id in standing.customers
    )


def _unknown(standing: Standing) -> Iterator[Gap]:
    for one in standing.valid("sla", "ola", "uc"):
        for key in one.services:
            if key not in standing.graph.needs:
                yield Gap(
                    "SERVICE_UNKNOWN",
                    f"{one.key} is about {key}, which is not in the catalogue",
                    "describe the service, or agree on a version without it",
                    "tom",
                    service=key,
                    agreement=one.key,
                )


def _retired(standing: Standing) -> Iterator[Gap]:
    for key in sorted(standing.graph.needs):
        for node in sorted(set(standing.graph.runs_on(key)) & standing.retired):
            yield Gap(
                "RUNS_ON_RETIRED",
                f"{key} runs on {node}, which is retired",
                "describe what it runs on now",
                standing.owners.get(key, "tom"),
                service=key,
                environment=node.key if node.kind == "environment" else None,
                partner=node.key if node.kind == "partner" else None,
            )
