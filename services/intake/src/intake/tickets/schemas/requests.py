"""What a caller sends to open a ticket or to reply on one."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from common.auth import Caller
from common.errors import ValidationFailed, Violation
from common.http import Refers, RequestModel
from common.http.fields import MAX_TAGS, VISIBLE, Name, Tag
from intake.files.schemas import UploadIds
from intake.tickets.domain.message import Visibility
from intake.tickets.domain.new_ticket import (
    MAX_TITLE_CHARS,
    TicketRequest,
    TicketScope,
    initial_priority,
)
from intake.tickets.domain.priority import Impact, Matrix, Priority, Urgency
from intake.tickets.domain.ticket import Channel, Kind, Nature
from intake.tickets.schemas.message_checks import OverruleReason


class TicketCreate(RequestModel):
    """A ticket to open. `customer` and `environment` are keys.

    Staff and machines name the `customer`; contacts ask for their own. `opened_at` is when the
    customer asked, if that was earlier (a phone call written down later). `contact` is for staff: for
    whom they write it down, by id, e-mail address or phone number in any notation; the customer is then
    theirs. `form` is the key of a request form of the service, `form_values` what was filled in; kind and
    service are those of the form. `attachments` are uploaded before, with `POST /v1/attachments`. Without a
    `priority` the matrix gives it, by `impact` and `urgency`, each "medium" where it is left out. What a
    contact names is a suggestion: it counts until first level assesses the ticket. `tags` are given by staff
    and machines: agreements may promise by them.
    """

    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE_CHARS, pattern=VISIBLE)]
    description: Annotated[str, Field(max_length=100_000)] | None = None
    kind: Kind = "incident"
    nature: Nature | None = None
    priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    customer: Annotated[Name | None, Refers("customer", by_route=True)] = None
    environment: Annotated[Name | None, Refers("environment", by_route=True)] = None
    service: Annotated[Name | None, Refers("service", by_route=True)] = None
    channel: Channel | None = None
    opened_at: datetime | None = None
    contact: Annotated[str, Field(min_length=3, max_length=254)] | None = None
    form: Annotated[Name | None, Refers("request_form", by_route=True)] = None
    form_values: dict[str, JsonValue] | None = None
    attachments: UploadIds = Field(default_factory=list)
    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS)] = Field(default_factory=list)

    @property
    def has_additions(self) -> bool:
        """Whether more is to be stored than a row of the batch has."""
        return bool(self.attachments or self.form or self.tags)

    @model_validator(mode="after")
    def _values_belong_to_forms(self) -> "TicketCreate":
        if (self.form is None) != (self.form_values is None):
            raise PydanticCustomError("form", "give `form` and `form_values` together")
        return self

    @model_validator(mode="after")
    def _nature_belongs_to_change_requests(self) -> "TicketCreate":
        if (self.nature is None) != (self.kind != "change_request"):
            raise PydanticCustomError(
                "nature", "give `nature` with a change_request, and with nothing else"
            )
        return self

    def to_request(self, caller: Caller, scope: TicketScope, matrix: Matrix) -> TicketRequest:
        """What this caller asks for, within the scope that the body names. Raises ValidationFailed."""
        if self.tags and caller.customer is not None:
            detail = "tags are given by our own people; leave them out"
            raise ValidationFailed([Violation("/tags", "for_staff", detail)])
        named = (self.priority, self.impact, self.urgency)
        assessment = initial_priority(matrix, *named)
        is_suggested = not is_staff(caller) and any(named)
        return TicketRequest(
            kind=scope.kind or self.kind,
            title=self.title.strip(),
            channel=self.channel or _default_channel(caller),
            assessment=assessment,
            suggested_priority=assessment.priority if is_suggested else None,
            nature=self.nature,
            service=scope.service or self.service,
            scope=scope,
            contact_id=scope.contact_id or caller.contact_id,
            from_outside=not is_staff(caller),
            opened_at=self.opened_at,
            description=self.description,
            tags=tuple(sorted(set(self.tags))),
        )


class ReplyCreate(RequestModel):
    """A message to add to a ticket. Only staff write and see `internal` ones.

    `overrule_reason` is why it leaves although the check of messages found something soft in it.
    """

    text: Annotated[str, Field(min_length=1, max_length=100_000, pattern=VISIBLE)]
    visibility: Visibility = "public"
    attachments: UploadIds = Field(default_factory=list)
    overrule_reason: OverruleReason = None


def _default_channel(caller: Caller) -> Channel:
    return "staff" if is_staff(caller) else "portal"


def is_staff(caller: Caller) -> bool:
    """Whether one of our people asks, and neither a customer's contact nor a machine."""
    # A machine has scopes: whoever holds its token is not first level.
    return caller.customer is None and not caller.scopes
