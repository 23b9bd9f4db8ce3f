"""The life of a version: draft > proposed > agreed > published > superseded. Pure.

Two different people stand for what is agreed, one per side; where the customer signs in the
portal, the other side's is one of its contacts, else a second one of our own people.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["draft", "proposed", "agreed", "published", "superseded", "withdrawn"]
Side = Literal["own", "counterparty"]
RejectionCode = Literal[
    "WRONG_STATE",
    "SELF_APPROVAL",
    "ALREADY_COUNTED",
    "CUSTOMER_SIGNS",
    "STAFF_ONLY",
    "NOT_THE_PARTY",
]


@dataclass(frozen=True, slots=True)
class Signature:
    """`party`: the customer for whom one of its contacts signs; None of our own people."""

    by: str
    at: datetime
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `customer`: a contact of a customer, who acts for the other side; `party` is that
    customer where the version is made with it, not only covers it, too."""

    name: str
    is_customer: bool = False
    party: UUID | None = None

    @property
    def side(self) -> Side:
        return "counterparty" if self.is_customer else "own"


@dataclass(frozen=True, slots=True)
class VersionLifecycle:
    """`drafted` by the author; `ours` and `theirs` stand for it."""

    draft_signature: Signature
    customer_signs: bool = False
    state: State = "draft"
    provider_signature: Signature | None = None
    counter_signature: Signature | None = None
    publication: Signature | None = None


def propose(lifecycle: VersionLifecycle, person: Person) -> VersionLifecycle | RejectionCode:
    """From now on it is negotiated, and the customer who signs in the portal sees it."""
    if person.is_customer:
        return "STAFF_ONLY"
    return replace(lifecycle, state="proposed") if lifecycle.state == "draft" else "WRONG_STATE"


def revise(lifecycle: VersionLifecycle, person: Person) -> VersionLifecycle | RejectionCode:
    """Back to a draft that may be changed. Nobody has approved of what it will say then."""
    if person.is_customer:
        return "STAFF_ONLY"
    if lifecycle.state not in ("proposed", "agreed"):
        return "WRONG_STATE"
    return replace(lifecycle, state="draft", provider_signature=None, counter_signature=None)


def approve(
    lifecycle: VersionLifecycle, person: Person, at: datetime
) -> VersionLifecycle | RejectionCode:
    """One person's word for one side; with that of the other side it is agreed."""
    if lifecycle.state != "proposed":
        return "WRONG_STATE"
    signatures = {
        one.by
        for one in (lifecycle.provider_signature, lifecycle.counter_signature)
        if one is not None
    }
    if person.name in signatures:
        return "ALREADY_COUNTED"
    if person.is_customer and person.party is None:
        return "NOT_THE_PARTY"
    side = _signing_side(lifecycle, person)
    if side is None:
        return "CUSTOMER_SIGNS"
    signed_lifecycle = _with_signature(lifecycle, side, Signature(person.name, at, person.party))
    return (
        replace(signed_lifecycle, state="agreed")
        if signed_lifecycle.provider_signature and signed_lifecycle.counter_signature
        else signed_lifecycle
    )


def publish(
    lifecycle: VersionLifecycle, person: Person, at: datetime
) -> VersionLifecycle | RejectionCode:
    """By somebody else than the author. From now on it promises."""
    if person.is_customer:
        return "STAFF_ONLY"
    if lifecycle.state != "agreed":
        return "WRONG_STATE"
    if person.name == lifecycle.draft_signature.by:
        return "SELF_APPROVAL"
    return replace(lifecycle, state="published", publication=Signature(person.name, at))


def supersede(lifecycle: VersionLifecycle) -> VersionLifecycle | RejectionCode:
    """The next version has been published; this one's validity ends where that one's begins."""
    return (
        replace(lifecycle, state="superseded") if lifecycle.state == "published" else "WRONG_STATE"
    )


def withdraw(lifecycle: VersionLifecycle, person: Person) -> VersionLifecycle | RejectionCode:
    """Given up before it was published."""
    if person.is_customer:
        return "STAFF_ONLY"
    if lifecycle.state not in ("draft", "proposed", "agreed"):
        return "WRONG_STATE"
    return replace(lifecycle, state="withdrawn")


def _signing_side(lifecycle: VersionLifecycle, person: Person) -> Side | None:
    """For which side the person's approval counts; None where it counts for neither."""
    if person.is_customer:
        return "counterparty" if lifecycle.counter_signature is None else None
    if lifecycle.provider_signature is None:
        return "own"
    return (
        None
        if lifecycle.customer_signs or lifecycle.counter_signature is not None
        else "counterparty"
    )


def _with_signature(
    lifecycle: VersionLifecycle, side: Side, signature: Signature
) -> VersionLifecycle:
    if side == "own":
        return replace(lifecycle, provider_signature=signature)
    return replace(lifecycle, counter_signature=signature)
