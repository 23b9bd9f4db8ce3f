"""Whether what an agreement costs us beneath is more than what is paid for it. Pure.

A contract on which several agreements rest is paid for by them in equal parts. An agreement without
a price of its own counts with the list prices of the services that its customers bought; one without
either is compared with nothing.
"""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import Price
from sla.catalogue.domain.gap import Gap, Standing
from sla.catalogue.domain.underpinning_contracts import chains


def unpaid(standing: Standing) -> Iterator[Gap]:
    """Agreements that cost more than they bring, and those whose costs cannot be added up."""
    resting: dict[UUID, int] = {}
    beneath: dict[UUID, tuple[Agreement, list[Agreement]]] = {}
    for upper, lower, _ in chains(standing):
        resting[lower.id] = resting.get(lower.id, 0) + 1
        beneath.setdefault(upper.id, (upper, []))[1].append(lower)
    for upper, below in beneath.values():
        paid = upper.price or _listed(standing, upper)
        shares = [(one.price, resting[one.id]) for one in below if one.price is not None]
        if paid is None or not shares:
            continue
        if others := {price.currency for price, _ in shares} - {paid.currency}:
            yield _mixed(upper, paid, others)
            continue
        costs = sum((price.amount / among for price, among in shares), Decimal(0))
        if costs > paid.amount:
            yield _dear(upper, paid, costs)


def _listed(standing: Standing, upper: Agreement) -> Price | None:
    """The list prices together, where they are all in one currency."""
    prices = [
        standing.prices[key]
        for key, id in standing.sold()
        if key in standing.prices and standing.promise(id, key) == upper
    ]
    if len({price.currency for price in prices}) != 1:
        return None
    return Price(sum((price.amount for price in prices), Decimal(0)), prices[0].currency)


def _dear(upper: Agreement, paid: Price, costs: Decimal) -> Gap:
    return Gap(
        "COSTS_EXCEED_PRICE",
        f"what {upper.key} rests upon costs {costs:.2f} {paid.currency} a month,"
        f" and it brings {paid.amount:.2f}",
        "agree on another price, or on cheaper contracts beneath",
        "gm",
        agreement=upper.key,
    )


def _mixed(upper: Agreement, paid: Price, others: set[str]) -> Gap:
    return Gap(
        "CURRENCIES_DIFFER",
        f"{upper.key} is paid in {paid.currency}, and what it rests upon in"
        f" {', '.join(sorted(others))}: nobody can say whether it pays",
        "agree on prices in one currency",
        "gm",
        agreement=upper.key,
    )
