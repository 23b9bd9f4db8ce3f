"""What is known of an environment, from three services. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.promises import Mark, Promise, mark, promise
from console.upstream.part import Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class Product:
    """A product that runs there. `version`: its name, None where none of the last deliveries has this digest."""

    name: str
    digest: str
    version: str | None
    since: str | None


@dataclass(frozen=True, slots=True)
class EnvironmentCard:
    """The card; `facts` is None where they are not known. `blockers` are open tickets that hold deliveries."""

    facts: Mapping[str, Any] | None
    debt_mark: Mark
    deliveries: tuple[Mapping[str, Any], ...]
    emergencies: tuple[Mapping[str, Any], ...]
    tickets: tuple[Promise, ...]
    outages: tuple[Mapping[str, Any], ...]
    maintenance: tuple[Mapping[str, Any], ...]
    parts: Mapping[str, Part]

    @property
    def blockers(self) -> tuple[Promise, ...]:
        return tuple(one for one in self.tickets if one.priority == "blocker")

    def is_known(self, name: str) -> bool:
        """Whether a part was answered, so that nothing in it means that there is nothing."""
        return data_of(self.parts[name]) is not None and not isinstance(self.parts[name], Missing)


def environment_card(parts: Mapping[str, Part], key: str, moment: datetime) -> EnvironmentCard:
    """Put together what the services answered about the environment of this key."""
    facts = data_of(parts["environment"])
    debt = (facts or {}).get("debt") or {}
    customer = (facts or {}).get("customer")
    return EnvironmentCard(
        facts,
        mark(debt.get("due_at"), moment),
        tuple(items_of(parts["deliveries"])),
        tuple(items_of(parts["emergencies"])),
        tuple(promise(item, moment) for item in items_of(parts["tickets"])),
        tuple(items_of(parts["outages"])),
        tuple(one for one in items_of(parts["maintenance"]) if _is_about(one, key, customer)),
        parts,
    )


def products_of(card: EnvironmentCard) -> tuple[Product, ...]:
    """Return what runs, with the names of versions from the last deliveries."""
    if card.facts is None:
        return ()
    return tuple(
        _product(name, digest, card.deliveries) for name, digest in card.facts["running"].items()
    )


def _product(name: str, digest: str, deliveries: tuple[Mapping[str, Any], ...]) -> Product:
    found = next(
        (
            one
            for one in deliveries
            if (one["product"], one["digest"]) == (name, digest) and one["state"] == "delivered"
        ),
        None,
    )
    if found is None:
        return Product(name, digest, None, None)
    return Product(name, digest, found["version"], found["ended_at"])


def _is_about(maintenance: Mapping[str, Any], key: str, customer: str | None) -> bool:
    """Whether maintenance is of this environment, of all of its customer, or of everybody."""
    if maintenance["environment"] is not None:
        return bool(maintenance["environment"] == key)
    return maintenance["customer"] in (None, customer)
