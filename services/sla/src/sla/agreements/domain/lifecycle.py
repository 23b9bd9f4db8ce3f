"""The life of a version: draft > proposed > agreed > published > superseded, or withdrawn. Pure.

Two different people sign a version, one per side. Where `customer_signs`, the other side's signature
is that of a contact of the customer; else a second person of our own may give it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection

State = Literal["draft", "proposed", "agreed", "published", "superseded", "withdrawn"]
Side = Literal["own", "counterparty"]

NOT_NOW: Final = "WRONG_STATE"
"""The code of a step that the version's state does not allow."""
SELF_APPROVAL: Final = Rejection("SELF_APPROVAL", "Somebody else than the author publishes it.")
ALREADY_COUNTED: Final = Rejection(
    "ALREADY_COUNTED", "One person counts once. Somebody else approves for the other side."
)
CUSTOMER_SIGNS: Final = Rejection(
    "CUSTOMER_SIGNS", "This side has approved; the other side's approval is still to come."
)
NOT_YOURS: Final = Rejection("STAFF_ONLY", "Only our own people do this.")
NOT_THE_PARTY: Final = Rejection(
    "NOT_THE_PARTY", "A contact of the customer with whom it is made approves of it."
)
NOT_A_DRAFT: Final = Rejection(
    NOT_NOW, "Only a draft can be changed. Revise this version, or draft the next one."
)
TERMINATED: Final = Rejection(
    "ALREADY_TERMINATED", "This agreement was deactivated: its versions stay as they are."
)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and when. `party` is the customer for whom a contact signs, None for our own
    people."""

    by: str
    at: datetime
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who takes a step. `is_customer`: a contact of a customer, who acts for the other side.

    `party` is that customer if the agreement is made with it, None if it only covers it.
    """

    name: str
    is_customer: bool = False
    party: UUID | None = None

    @property
    def side(self) -> Side:
        return "counterparty" if self.is_customer else "own"


@dataclass(frozen=True, slots=True)
class VersionLifecycle:
    """The state of a version, and who signed what. `draft_signature` is the author's.

    `refusal`: who of either side declined to sign the draft as it is; None once it is changed or proposed again.
    """

    draft_signature: Signature
    customer_signs: bool = False
    state: State = "draft"
    provider_signature: Signature | None = None
    counter_signature: Signature | None = None
    publication: Signature | None = None
    refusal: Signature | None = None


def propose(lifecycle: VersionLifecycle, person: Person) -> VersionLifecycle | Rejection:
    """Open a draft to negotiation. A customer who signs in the portal sees it from now on."""
    if person.is_customer:
        return NOT_YOURS
    if lifecycle.state != "draft":
        return _not_now(lifecycle)
    return replace(lifecycle, state="proposed", refusal=None)


def revise(lifecycle: VersionLifecycle, person: Person) -> VersionLifecycle | Rejection:
    """Make a version a draft again, without its signatures: nobody has approved of the next text."""
    if person.is_customer:
        return NOT_YOURS
    if lifecycle.state not in ("proposed", "agreed"):
        return _not_now(lifecycle)
    return replace(lifecycle, state="draft", provider_signature=None, counter_signature=None)


def decline(
    lifecycle: VersionLifecycle, person: Person, at: datetime
) -> VersionLifecycle | Rejection:
    """Refuse to sign for one side: the version is a draft again, and nobody has approved of its next text."""
    if lifecycle.state != "proposed":
        return _not_now(lifecycle)
    if person.is_customer and person.party is None:
        return NOT_THE_PARTY
    return replace(
        lifecycle,
        state="draft",
        provider_signature=None,
        counter_signature=None,
        refusal=Signature(person.name, at),
    )


def approve(
    lifecycle: VersionLifecycle, person: Person, at: datetime
) -> VersionLifecycle | Rejection:
    """Sign for one side. With both signatures the version is agreed."""
    if lifecycle.state != "proposed":
        return _not_now(lifecycle)
    if person.name in signers(lifecycle):
        return ALREADY_COUNTED
    if person.is_customer and person.party is None:
        return NOT_THE_PARTY
    side = _signing_side(lifecycle, person)
    if side is None:
        return CUSTOMER_SIGNS
    signed = _with_signature(lifecycle, side, Signature(person.name, at, person.party))
    if signed.provider_signature and signed.counter_signature:
        return replace(signed, state="agreed")
    return signed


def publish(
    lifecycle: VersionLifecycle, person: Person, at: datetime
) -> VersionLifecycle | Rejection:
    """Publish an agreed version, by another person than its author. From now on it promises."""
    if person.is_customer:
        return NOT_YOURS
    if lifecycle.state != "agreed":
        return _not_now(lifecycle)
    if person.name == lifecycle.draft_signature.by:
        return SELF_APPROVAL
    return replace(lifecycle, state="published", publication=Signature(person.name, at))


def redraft(lifecycle: VersionLifecycle) -> VersionLifecycle | Rejection:
    """Replace the terms of a draft."""
    return lifecycle if lifecycle.state == "draft" else NOT_A_DRAFT


def supersede(lifecycle: VersionLifecycle) -> VersionLifecycle | Rejection:
    """End a published version, whose validity ends where that of the next one begins."""
    if lifecycle.state != "published":
        return _not_now(lifecycle)
    return replace(lifecycle, state="superseded")


def withdraw(lifecycle: VersionLifecycle, person: Person) -> VersionLifecycle | Rejection:
    """Give up a version before it is published."""
    if person.is_customer:
        return NOT_YOURS
    if lifecycle.state not in ("draft", "proposed", "agreed"):
        return _not_now(lifecycle)
    return replace(lifecycle, state="withdrawn", refusal=None)


def _not_now(lifecycle: VersionLifecycle) -> Rejection:
    return Rejection(
        NOT_NOW, f"This version is {lifecycle.state}: that cannot be done with it now."
    )


def signers(lifecycle: VersionLifecycle) -> set[str]:
    """Who has signed the version so far."""
    signatures = (lifecycle.provider_signature, lifecycle.counter_signature)
    return {one.by for one in signatures if one is not None}


def _signing_side(lifecycle: VersionLifecycle, person: Person) -> Side | None:
    """The side for which the person's approval counts; None where it counts for neither."""
    if person.is_customer:
        return "counterparty" if lifecycle.counter_signature is None else None
    if lifecycle.provider_signature is None:
        return "own"
    if lifecycle.customer_signs or lifecycle.counter_signature is not None:
        return None
    return "counterparty"


def _with_signature(
    lifecycle: VersionLifecycle, side: Side, signature: Signature
) -> VersionLifecycle:
    if side == "own":
        return replace(lifecycle, provider_signature=signature)
    return replace(lifecycle, counter_signature=signature)
