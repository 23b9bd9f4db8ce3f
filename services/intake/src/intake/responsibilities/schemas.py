"""Request and response models of responsibilities."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Name
from intake.responsibilities.domain import ResponsibleRole

Person = Annotated[Name, Refers("colleague")]


class ResponsibilityUpdate(RequestModel):
    """Who answers from now on, and who stands in: `sub`s of people with the role."""

    person: Person
    deputies: Annotated[list[Person], Field(max_length=10, default_factory=list)]


class ResponsibilityRead(ResponseModel):
    """The delivery manager (`dm`) of a customer, or the product owner (`po`) of a product.

    `subject` is the key of the customer, or of the service that the product provides.
    """

    role: ResponsibleRole
    subject: str
    person: str
    deputies: list[str]
    changed_by: str
    changed_at: datetime
