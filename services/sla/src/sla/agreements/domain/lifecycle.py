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
Denied = Literal[
    "NOT_NOW", "SELF_APPROVAL", "ALREADY_COUNTED", "CUSTOMER_SIGNS", "NOT_YOURS", "NOT_THE_PARTY"
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
    customer: bool = False
    party: UUID | None = None

    @property
    def side(self) -> Side:
        return "counterparty" if self.customer else "own"


@dataclass(frozen=True, slots=True)
class Life:
    """`drafted` by the author; `ours` and `theirs` stand for it."""

    drafted: Signature
    customer_signs: bool = False
    state: State = "draft"
    ours: Signature | None = None
    theirs: Signature | None = None
    published: Signature | None = None


def propose(life: Life, person: Person) -> Life | Denied:
    """From now on it is negotiated, and the customer who signs in the portal sees it."""
    if person.customer:
        return "NOT_YOURS"
    return replace(life, state="proposed") if life.state == "draft" else "NOT_NOW"


def revise(life: Life, person: Person) -> Life | Denied:
    """Back to a draft that may be changed. Nobody has approved of what it will say then."""
    if person.customer:
        return "NOT_YOURS"
    if life.state not in ("proposed", "agreed"):
        return "NOT_NOW"
    return replace(life, state="draft", ours=None, theirs=None)


def approve(life: Life, person: Person, at: datetime) -> Life | Denied:
    """One person's word for one side; with that of the other side it is agreed."""
    if life.state != "proposed":
        return "NOT_NOW"
    signatures = {one.by for one in (life.ours, life.theirs) if one is not None}
    if person.name in signatures:
        return "ALREADY_COUNTED"
    if person.customer and person.party is None:
        return "NOT_THE_PARTY"
    side = _side(life, person)
    if side is None:
        return "CUSTOMER_SIGNS"
    signed = _signed(life, side, Signature(person.name, at, person.party))
    return replace(signed, state="agreed") if signed.ours and signed.theirs else signed


def publish(life: Life, person: Person, at: datetime) -> Life | Denied:
    """By somebody else than the author. From now on it promises."""
    if person.customer:
        return "NOT_YOURS"
    if life.state != "agreed":
        return "NOT_NOW"
    if person.name == life.drafted.by:
        return "SELF_APPROVAL"
    return replace(life, state="published", published=Signature(person.name, at))


def supersede(life: Life) -> Life | Denied:
    """The next version has been published; this one's validity ends where that one's begins."""
    return replace(life, state="superseded") if life.state == "published" else "NOT_NOW"


def withdraw(life: Life, person: Person) -> Life | Denied:
    """Given up before it was published."""
    if person.customer:
        return "NOT_YOURS"
    if life.state not in ("draft", "proposed", "agreed"):
        return "NOT_NOW"
    return replace(life, state="withdrawn")


def _side(life: Life, person: Person) -> Side | None:
    """For which side the person's approval counts; None where it counts for neither."""
    if person.customer:
        return "counterparty" if life.theirs is None else None
    if life.ours is None:
        return "own"
    return None if life.customer_signs or life.theirs is not None else "counterparty"


def _signed(life: Life, side: Side, signature: Signature) -> Life:
    if side == "own":
        return replace(life, ours=signature)
    return replace(life, theirs=signature)
