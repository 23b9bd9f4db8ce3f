"""What the routes of reference data share: who may, what a path names, the record, and the response."""

from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Path, Request, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.http import ResponseModel, if_match, rejection_response, set_etag
from common.persistence.database import Connection
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer, Partner, Person
from intake.directory.events import DirectoryRecord
from intake.directory.store import DirectoryRepository

Reader = Annotated[Caller, requires("directory:read")]
Writer = Annotated[Caller, requires("directory:write")]

CustomerKey = Annotated[
    str, Path(alias="customer", max_length=63, description="The customer's key.")
]
ContactId = Annotated[UUID, Path(alias="contact", description="The contact's id.")]
EnvironmentKey = Annotated[
    str, Path(alias="environment", max_length=63, description="The environment's key.")
]
PartnerKey = Annotated[str, Path(alias="partner", max_length=63, description="The partner's key.")]
PersonSub = Annotated[
    str, Path(alias="person", max_length=200, description="The `sub` of the person's tokens.")
]

R = TypeVar("R", bound=ResponseModel)
T = TypeVar("T", Customer, Environment, Partner, Person)


async def find_record(tx: Connection, repository: DirectoryRepository[T], name: str) -> T:
    """The record with this key. Raises NotFound."""
    record = await repository.find(tx, name)
    if record is None:
        raise NotFound(f"{repository.noun} {name}")
    return record


async def lock_record(
    tx: Connection,
    request: Request,
    repository: DirectoryRepository[T],
    model: type[ResponseModel],
    name: str,
) -> T:
    """The record with this key, locked. Raises NotFound, or the failure of the request's `If-Match`."""
    record = await repository.lock(tx, name)
    if record is None:
        raise NotFound(f"{repository.noun} {name}")
    if_match(request, record.sequence, model.model_validate(record))
    return record


def own_environment(environment: Environment | None, key: str, customer: Customer) -> Environment:
    """The environment that a body names by this key, which is the customer's and was not ended.

    Raises ValidationFailed for any other.
    """
    if environment is None or environment.customer_id != customer.id:
        detail = f"{customer.key} has no environment {key}"
        raise ValidationFailed([Violation("/environment", "unknown_reference", detail)])
    if environment.retired:
        detail = f"{key} was ended; leave it out, or name another one"
        raise ValidationFailed([Violation("/environment", "ended", detail)])
    return environment


def show(response: Response, model: type[R], record: DirectoryRecord) -> R:
    """The record, with its ETag."""
    set_etag(response, record.sequence)
    return model.model_validate(record)


def respond(
    response: Response, model: type[R], outcome: DirectoryRecord | Rejection
) -> R | Response:
    """The record that a change led to, with its ETag, or why it was rejected."""
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return show(response, model, outcome)
