"""Deliveries: what must hold, who says yes, and the verdict. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.allowed import Acts, acts_of
from console.deliveries.criteria_view import Criterion, Next, beside, criteria_of, what_comes_next
from console.promises import Mark
from console.upstream.part import Denied, Missing, Part, data_of, items_of

MARKS: Mapping[str, Mark] = {
    "delivered": "fine",
    "refused": "broken",
    "rolled_back": "broken",
    "in_review": "soon",
    "approved": "fine",
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    key: str
    what: str
    environment: str
    state: str
    mark: Mark
    attempt: int
    requested_by: str
    requested_at: str


@dataclass(frozen=True, slots=True)
class DeliveryList:
    rows: tuple[DeliveryRow, ...]
    state: str
    has_more: bool
    missing: Missing | None
    denied: Denied | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A delivery. `counting`: approvals under the present criteria; `needed`: how many its tier asks, if known.

    `reasons`: those of the verdict that are about none of the `criteria`.
    """

    delivery: Mapping[str, Any]
    mark: Mark
    what: str
    criteria: tuple[Criterion, ...]
    reasons: tuple[Mapping[str, Any], ...]
    next: Next | None
    counting: tuple[Mapping[str, Any], ...]
    outdated: tuple[Mapping[str, Any], ...]
    needed: int | None
    is_own: bool
    criteria_missing: Missing | None
    acts: Acts

    @property
    def is_open(self) -> bool:
        """Whether a reviewer may still say yes or no."""
        return self.delivery["state"] in {"in_review", "approved"}


def delivery_list(part: Part, state: str) -> DeliveryList:
    data = data_of(part)
    return DeliveryList(
        tuple(map(_row, items_of(part))),
        state,
        isinstance(data, dict) and data.get("next") is not None,
        part if isinstance(part, Missing) else None,
        part if isinstance(part, Denied) else None,
    )


def delivery_page(
    delivery: Mapping[str, Any], criteria: Part, environment: Part, follow_ups: Part, sub: str
) -> DeliveryPage:
    """Put together a delivery with the criteria that hold now, for the tier of its environment."""
    present = data_of(criteria) or {}
    version = present.get("version")
    approvals = tuple(delivery["approvals"])
    counting = tuple(one for one in approvals if one["criteria_version"] == version)
    verdict = delivery["verdict"] or {}
    requirements = _requirements(present, data_of(environment))
    must_hold = criteria_of(requirements, version, delivery)
    return DeliveryPage(
        delivery,
        MARKS.get(delivery["state"], "none"),
        _what(delivery),
        must_hold,
        beside(verdict.get("reasons", ()), must_hold),
        what_comes_next(delivery, follow_ups),
        counting if version is not None else approvals,
        tuple(one for one in approvals if one not in counting) if version is not None else (),
        int(requirements["approvals"]) if requirements else None,
        delivery["requested_by"] == sub,
        criteria if isinstance(criteria, Missing) else None,
        acts_of(delivery),
    )


def _requirements(
    criteria: Mapping[str, Any], environment: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Return what the environment's tier asks; None where criteria or tier are not known."""
    requirements: Mapping[str, Any] | None = criteria.get("requirements")
    if not requirements or environment is None:
        return None
    strictest = criteria["strictest_tier"]
    found: Mapping[str, Any] = requirements.get(environment["tier"], requirements[strictest])
    return found


def _row(item: Mapping[str, Any]) -> DeliveryRow:
    return DeliveryRow(
        item["key"],
        _what(item),
        item["environment"],
        item["state"],
        MARKS.get(item["state"], "none"),
        item["attempt"],
        item["requested_by"],
        item["requested_at"],
    )


def _what(item: Mapping[str, Any]) -> str:
    return f"{item['product']} {item['version'] or '?'}"
