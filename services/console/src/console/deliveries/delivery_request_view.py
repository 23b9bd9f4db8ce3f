"""Asking for a delivery: what can be chosen, what the criteria ask for, and what speaks against it already. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.upstream.part import Denied, Part, data_of, items_of

PROOFS: Final = (
    "customer_communication",
    "rollback_plan",
    "stakeholder_approvals",
    "documentation",
    "knowledge_session",
)
LIFECYCLES: Final = ("standard", "hotfix")
NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class Asking:
    """The page. `version` is the registered one that was chosen, None before that, or where there is none of that name.

    `holding` are follow-ups for which the gate refuses it. `tiers`: what the criteria ask for, by tier.
    """

    product: str
    name: str
    products: tuple[str, ...]
    names: tuple[str, ...]
    version: Mapping[str, Any] | None
    holding: tuple[str, ...]
    environments: tuple[Mapping[str, Any], ...]
    tiers: Mapping[str, Mapping[str, Any]]
    parts: Mapping[str, Part]

    @property
    def is_unknown(self) -> bool:
        """Whether a version was named that is not registered, as opposed to one that cannot be shown."""
        part = self.parts.get("version")
        return isinstance(part, Denied) and part.status == NOT_FOUND

    def tiers_asking(self, proof: str) -> tuple[str, ...]:
        """The tiers on which the criteria ask for a proof."""
        return tuple(tier for tier, needs in self.tiers.items() if proof in needs["readiness"])

    @property
    def choices(self) -> tuple[str, ...]:
        """The names to choose from, with the one that is chosen."""
        return (
            self.names if self.version is None else tuple(dict.fromkeys((*self.names, self.name)))
        )


def asking(parts: Mapping[str, Part], product: str, name: str) -> Asking:
    """Put together what the gate answered."""
    criteria = data_of(parts["criteria"]) or {}
    return Asking(
        product,
        name,
        tuple(one["key"] for one in items_of(parts["products"])),
        tuple(one["name"] for one in _items(parts, "versions")),
        data_of(parts["version"]) if "version" in parts else None,
        tuple(one["key"] for one in _items(parts, "follow_ups") if one["blocks_delivery"]),
        tuple(items_of(parts["environments"])),
        criteria.get("requirements", {}),
        parts,
    )


def lacking_proofs(
    values: Mapping[str, str], environments: Part, criteria: Part
) -> tuple[str, ...]:
    """Return the proofs that the criteria ask for on the chosen environment, and that the form does not name.

    Where either is not known none is: the gate decides then.
    """
    known = {one["key"]: one["tier"] for one in items_of(environments)}
    tier, present = known.get(values.get("environment", "").strip()), data_of(criteria)
    if tier is None or present is None:
        return ()
    requirements = present["requirements"]
    needed = requirements.get(tier, requirements[present["strictest_tier"]])["readiness"]
    return tuple(one for one in PROOFS if one in needed and not values.get(one, "").strip())


def is_link(value: str) -> bool:
    """Whether a proof can be followed by whoever reads the request."""
    return value.strip().lower().startswith(("https://", "http://"))


def request_of(values: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form asks for, as the API takes it."""
    named = {
        name: values.get(name, "").strip()
        for name in ("product", "version", "digest", "environment")
    }
    body: dict[str, Any] = {name: value for name, value in named.items() if value}
    body["lifecycle"] = values.get("lifecycle") or LIFECYCLES[0]
    body["readiness"] = {one: values[one].strip() for one in PROOFS if values.get(one, "").strip()}
    return body


def _items(parts: Mapping[str, Part], name: str) -> list[dict[str, Any]]:
    return items_of(parts[name]) if name in parts else []
