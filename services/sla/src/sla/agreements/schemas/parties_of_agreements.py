"""What is wrong with whom an agreement is made with."""

from collections.abc import Iterator

from common.errors import Violation
from sla.agreements.schemas.requests import AgreementCreate, AgreementTerms

PARTY_FIELDS = {"sla": "customer", "ola": "team", "uc": "partner"}
"""The field that names the other side, by kind of contract."""


def party_violations(body: AgreementCreate) -> Iterator[Violation]:
    """What is wrong with the other side that a contract names."""
    party = PARTY_FIELDS[body.contract]
    if body.house_default:
        yield from _default_violations(body)
    elif getattr(body, party) is None:
        yield Violation(f"/{party}", "missing", f"a contract of kind {body.contract} names it")
    if body.contract != "sla":
        yield from without_a_customer(body)
    for name in {"partner", "team"} - {party}:
        if getattr(body, name) is not None:
            detail = f"a contract of kind {body.contract} has none"
            yield Violation(f"/{name}", "meaningless", detail)
    if body.customer_signs and body.contract != "sla":
        detail = "only an agreement with a customer is signed in the portal"
        yield Violation("/customer_signs", "meaningless", detail)


def _default_violations(body: AgreementCreate) -> Iterator[Violation]:
    """What is wrong with the house-wide default, which is made with nobody."""
    if body.contract != "sla":
        yield Violation("/house_default", "meaningless", "only an sla is a default for customers")
    for name in ("customer", "customers"):
        if getattr(body, name):
            detail = "the house-wide default is for all who have no agreement of their own"
            yield Violation(f"/{name}", "meaningless", detail)
    if body.customer_signs:
        detail = "the house-wide default is made with nobody who could sign it"
        yield Violation("/customer_signs", "meaningless", detail)
    yield from without_a_customer(body)
    if body.reserved_seconds is not None:
        detail = "hours are reserved for somebody: agree on them with a customer"
        yield Violation("/reserved_seconds", "meaningless", detail)


def without_a_customer(body: AgreementTerms) -> Iterator[Violation]:
    """What is wrong with goals where no customer is on the other side: nobody would read or be owed them."""
    if body.goals:
        detail = "goals and their credits are agreed with a customer of ours"
        yield Violation("/goals", "meaningless", detail)
