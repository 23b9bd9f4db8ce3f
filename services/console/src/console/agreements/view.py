"""Agreements: their versions, what a version promises, and what may be done with it in its state. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, Final, Literal

from console.paged_list import PagedList, paged_list
from console.promises import Mark
from console.service_text import ServiceText, text_of_act
from console.upstream.part import Part, data_of

ACTS = Literal[
    "propose", "revise", "withdraw", "approve", "decline", "publish", "comments", "termination"
]
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("propose", "withdraw"),
    "proposed": ("comments", "approve", "decline", "revise", "withdraw"),
    "agreed": ("publish", "revise", "withdraw"),
    "published": ("termination",),
}
"""What may come next in each state; who may take the step is sla's to say."""
NAMES: Final[Mapping[str, str]] = {
    "request_termination": "termination",
    "confirm_termination": "termination/confirm",
}
"""What sla calls acts of which the address has another name."""
WRITTEN: Final = "redraft"
"""The act of whoever may write agreements at all."""
PERMISSION_MISSING: Final = "PERMISSION_MISSING"
TRIED: Final = frozenset({"draft", "proposed", "agreed"})
OF_CONTACTS: Final = ("comments", "approve", "decline")
COMPARED: Final = frozenset(
    {
        "valid_from", "valid_until", "customers", "services", "calendar", "calendar_of", "target",
        "warnings", "warn_before", "timezone", "availability", "weekly_maintenance", "windows",
        "reserved", "price", "goal", "credits", "credit_cap", "penalties", "roles", "assumptions",
        "duties",
    }
)  # fmt: skip
"""The codes of terms of which two versions are compared."""
PRIORITIES: Final = ("blocker", "critical", "major", "minor", "trivial")
CONDITIONS: Final = ("kind", "environment_tier", "channel", "customer_tier", "tag")
MARKS: Final[Mapping[str, Mark]] = {
    "published": "fine",
    "proposed": "soon",
    "agreed": "soon",
    "terminated": "broken",
}


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of an agreement, the newest first."""

    key: str
    newest: Mapping[str, Any]
    mark: Mark
    others: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class AgreementList:
    agreements: tuple[Versions, ...]
    listed: PagedList


@dataclass(frozen=True, slots=True)
class TargetLine:
    """What is promised for a metric under conditions: a time for each priority, None where nothing is.

    `pauses`: the time of waiting for the customer does not count.
    """

    metric: str
    conditions: tuple[tuple[str, str], ...]
    times: tuple[timedelta | None, ...]
    pauses: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """The page of a version. `acts` are those of its state, for staff or for a contact."""

    agreement: Mapping[str, Any]
    mark: Mark
    targets: tuple[TargetLine, ...]
    acts: tuple[str, ...]
    why_not: Mapping[str, ServiceText]
    comments: PagedList
    extensions: PagedList
    calendar_key: str | None
    may_write: bool

    @property
    def reserved(self) -> timedelta:
        """The reserved hours of a month."""
        return timedelta(seconds=self.agreement.get("reserved_seconds") or 0)

    @property
    def may_be_tried(self) -> bool:
        """Whether it is worth asking what it would have changed: it holds for nobody yet."""
        return self.may_write and self.agreement["state"] in TRIED


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two versions."""

    key: str
    older: int
    newer: int
    differences: tuple[Mapping[str, Any], ...]

    def is_known(self, difference: Mapping[str, Any]) -> bool:
        """Whether a term has words of ours; of any other, which a newer sla has added, those of sla are shown."""
        return difference.get("code") in COMPARED


def agreement_list(part: Part) -> AgreementList:
    items = paged_list(part, "/agreements", {})
    by_key = groupby(items.items, key=lambda one: one["key"])
    return AgreementList(tuple(_versions(key, list(own)) for key, own in by_key), items)


def agreement_page(parts: Mapping[str, Part], is_contact: bool) -> AgreementPage:
    """Put together a version with the comments on it, its extensions, and its calendar's key."""
    agreement = data_of(parts["agreement"])
    assert agreement is not None, "without it there is another page"
    calendar = data_of(parts["calendar"])
    return AgreementPage(
        agreement,
        MARKS.get(agreement["state"], "none"),
        tuple(_target_lines(agreement["targets"])),
        tuple(_acts(agreement, is_contact)),
        _refusals(agreement),
        paged_list(parts["comments"], "", {}),
        paged_list(parts["extensions"], "", {}),
        calendar["key"] if calendar else None,
        not is_contact and _may_write(agreement),
    )


def comparison(part: Part) -> Comparison:
    data = data_of(part)
    assert data is not None, "without it there is another page"
    differences = tuple(data["differences"])
    return Comparison(data["key"], data["from_version"], data["to_version"], differences)


def _versions(key: str, versions: list[Mapping[str, Any]]) -> Versions:
    newest_first = sorted(versions, key=lambda one: -int(one["version"]))
    newest = newest_first[0]
    return Versions(key, newest, MARKS.get(newest["state"], "none"), tuple(newest_first[1:]))


def _acts(agreement: Mapping[str, Any], is_contact: bool) -> Iterable[str]:
    if agreement.get("termination"):
        return () if agreement["termination"]["confirmed"] else ("termination/confirm",)
    steps = STEPS.get(agreement["state"], ())
    if is_contact:
        signs = agreement.get("customer_signs", False)
        return (one for one in steps if one in OF_CONTACTS and (one == "comments" or signs))
    return steps


def _refusals(agreement: Mapping[str, Any]) -> dict[str, ServiceText]:
    """Return why the reader may not do something now, where sla says so."""
    return {
        NAMES.get(one["act"], one["act"]): text
        for one in agreement.get("allowed") or ()
        if (text := text_of_act(one)) is not None
    }


def _may_write(agreement: Mapping[str, Any]) -> bool:
    """Whether the reader drafts agreements, whatever the state of this one; unknown where sla does not say."""
    refused = [
        (one.get("why_not") or {}).get("code")
        for one in agreement.get("allowed") or ()
        if one["act"] == WRITTEN
    ]
    return PERMISSION_MISSING not in refused


def _target_lines(targets: Iterable[Mapping[str, Any]]) -> Iterable[TargetLine]:
    """Return a line for each metric and its conditions, the general ones first."""
    lines: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Mapping[str, Any]]] = {}
    for one in targets:
        conditions = tuple((name, one[name]) for name in CONDITIONS if one.get(name))
        lines.setdefault((one["metric"], conditions), {})[one["priority"]] = one
    for (metric, conditions), by_priority in sorted(
        lines.items(), key=lambda item: len(item[0][1])
    ):
        times = tuple(_time(by_priority.get(priority)) for priority in PRIORITIES)
        pauses = any(one["pausable"] for one in by_priority.values())
        yield TargetLine(metric, conditions, times, pauses)


def _time(target: Mapping[str, Any] | None) -> timedelta | None:
    seconds = target["target_seconds"] if target else None
    return None if seconds is None else timedelta(seconds=seconds)
