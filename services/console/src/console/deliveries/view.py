"""Deliveries: what must hold, who says yes, and the verdict. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.allowed import Acts, acts_of
from console.deliveries.criteria_view import Criterion, Next, beside, criteria_of, what_comes_next
from console.paged_list import paged_list
from console.promises import Mark
from console.service_text import ServiceText
from console.upstream.part import Missing, Part, data_of

MARKS: Mapping[str, Mark] = {
    "delivered": "fine",
    "refused": "broken",
    "rolled_back": "broken",
    "in_review": "soon",
    "approved": "fine",
    "evaluating": "paused",
    "delivering": "soon",
    "verifying": "soon",
}


WAITING: Final = ("evaluating", "in_review", "approved")
RUNNING: Final = ("delivering", "verifying")
SETBACKS: Final = {
    "create_refused",
    "create_deferred",
    "start_refused",
    "start_deferred",
    "verify_rolled_back",
}
"""What was done, as `outcome_code` names it, and did not come out as it was meant to."""
RUN_BY_PEOPLE: Final = ("start", "rolled_out", "verify", "fail", "withdraw")


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
    """Deliveries in a state. `more`: the address of what follows."""

    rows: tuple[DeliveryRow, ...]
    state: str
    more: str | None
    part: Part
    is_empty: bool
    status: int


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
    is_registered: bool

    @property
    def is_open(self) -> bool:
        """Whether a reviewer may still say yes or no."""
        return self.delivery["state"] in {"in_review", "approved"}

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can be done with it."""
        return self.delivery["state"] not in {*WAITING, *RUNNING}

    @property
    def offered(self) -> tuple[str, ...]:
        """What people run it with and may do now, by the acts' names in `allowed`."""
        if self.has_ended:
            return ()
        return tuple(one for one in RUN_BY_PEOPLE if self.acts.may(one).possible)

    @property
    def not_now(self) -> Mapping[str, ServiceText]:
        """Why what people run it with may not be done now, by the acts' names in `allowed`; nothing of one that has ended."""
        if self.has_ended:
            return {}
        refused = {one: self.acts.may(one).why_not for one in RUN_BY_PEOPLE}
        return {one: why_not for one, why_not in refused.items() if why_not}


def delivery_list(part: Part, state: str, filters: Mapping[str, str]) -> DeliveryList:
    """Return a list; `filters` are those of the page's address."""
    listed = paged_list(part, "/deliveries", {**filters, "state": state})
    rows = tuple(map(_row, listed.items))
    return DeliveryList(rows, state, listed.more, part, listed.is_empty, listed.status)


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
        bool(delivery["version"] and delivery.get("version_id")),
    )


def outcome_code(done: str | None, delivery: Mapping[str, Any]) -> str | None:
    """Return what was done, as a code of the kind `delivery_done`: an act that the gate judges with its verdict."""
    if done in {"create", "start"}:
        return f"{done}_{(delivery['verdict'] or {}).get('outcome', 'accepted')}"
    return f"{done}_{delivery['state']}" if done == "verify" else done


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
