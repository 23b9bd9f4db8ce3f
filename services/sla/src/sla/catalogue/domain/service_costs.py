"""Gaps where the contracts below an agreement cost more than the agreement brings. Pure.

The price of a contract below several agreements is shared by them in equal parts. An agreement
without a price counts with the list prices of the services that its customers bought; one without
either is not compared.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import Price
from sla.catalogue.domain.gap import Gap, GapContext
from sla.catalogue.domain.underpinning_contracts import underpinning_pairs


def cost_gaps(context: GapContext) -> Iterator[Gap]:
    """Yield agreements that cost more than they bring, and those whose costs cannot be added."""
    agreements_per_contract: dict[UUID, int] = {}
    contracts_below: dict[UUID, tuple[Agreement, list[Agreement]]] = {}
    for upper, lower, _ in underpinning_pairs(context):
        agreements_per_contract[lower.id] = agreements_per_contract.get(lower.id, 0) + 1
        contracts_below.setdefault(upper.id, (upper, []))[1].append(lower)
    for upper, below in contracts_below.values():
        price = upper.price or _list_price(context, upper)
        concerned = context.names_of(upper.customers)
        priced_contracts = [
            (one.price, agreements_per_contract[one.id]) for one in below if one.price is not None
        ]
        if price is None or not priced_contracts:
            continue
        if other_currencies := {price.currency for price, _ in priced_contracts} - {price.currency}:
            yield replace(_currency_gap(upper, price, other_currencies), concerned=concerned)
            continue
        costs = sum((price.amount / among for price, among in priced_contracts), Decimal(0))
        if costs > price.amount:
            yield replace(_cost_gap(upper, price, costs), concerned=concerned)


def _list_price(context: GapContext, upper: Agreement) -> Price | None:
    """Return the sum of the list prices, if all are in one currency."""
    prices = [
        context.prices[key]
        for key, id in context.sold_services()
        if key in context.prices and context.agreement_for(id, key) == upper
    ]
    if len({price.currency for price in prices}) != 1:
        return None
    return Price(sum((price.amount for price in prices), Decimal(0)), prices[0].currency)


def _cost_gap(upper: Agreement, price: Price, costs: Decimal) -> Gap:
    return Gap(
        "COSTS_EXCEED_PRICE",
        f"what {upper.key} depends on costs {costs:.2f} {price.currency} a month,"
        f" and it brings {price.amount:.2f}",
        "agree on another price, or on cheaper contracts below",
        "gm",
        agreement=upper.key,
    )


def _currency_gap(upper: Agreement, price: Price, other_currencies: set[str]) -> Gap:
    return Gap(
        "CURRENCIES_DIFFER",
        f"{upper.key} is paid in {price.currency}, and what it depends on in"
        f" {', '.join(sorted(other_currencies))}: the costs cannot be compared with the price",
        "agree on prices in one currency",
        "gm",
        agreement=upper.key,
    )
