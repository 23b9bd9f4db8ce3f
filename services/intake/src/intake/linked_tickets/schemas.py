"""Request and response models of linked systems and tickets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Key, Name
from common.outbound_addresses import AddressRefused, split_url
from intake.files.domain.upload import MAX_FILE_BYTES
from intake.linked_tickets.domain.link import Decision, LinkState, Party
from intake.linked_tickets.domain.peer import FieldMap, SyncedField, SystemKind
from intake.linked_tickets.store.receipts import ReceiptOutcome
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import State

Word = Annotated[str, Field(min_length=1, max_length=100)]
ShortReason = Annotated[str, Field(min_length=3, max_length=200)]


class FieldMapModel(RequestModel):
    """How our priorities and states become theirs. What is left out is not sent.

    `constants` go with each new ticket, such as Jira's project and issue type. `transitions` name for each
    of their states the id of the step that leads there: Jira needs one for each state. `max_file_bytes`: the
    largest file that goes there or is fetched from there; with 0 none is.
    """

    priority: dict[Priority, Word] = Field(default_factory=dict)
    state: dict[State, Word] = Field(default_factory=dict)
    constants: Annotated[dict[Word, Any], Field(max_length=20)] = Field(default_factory=dict)
    transitions: Annotated[dict[Word, Word], Field(max_length=20)] = Field(default_factory=dict)
    max_file_bytes: Annotated[int, Field(ge=0, le=MAX_FILE_BYTES)] = MAX_FILE_BYTES

    def to_map(self) -> FieldMap:
        """The map."""
        return FieldMap(
            {str(ours): theirs for ours, theirs in self.priority.items()},
            {str(ours): theirs for ours, theirs in self.state.items()},
            dict(self.constants),
            dict(self.transitions),
            self.max_file_bytes,
        )


def _check_url(url: str) -> str:
    try:
        parts, _, _ = split_url(url)
    except AddressRefused as refused:
        raise PydanticCustomError("address", "{why}", {"why": str(refused)}) from None
    if parts.scheme != "https":
        raise PydanticCustomError("address", "give an address that begins with https://")
    if parts.query or parts.fragment:
        raise PydanticCustomError("address", "give an address without ? and #")
    return url.rstrip("/")


class LinkedSystemUpdate(RequestModel):
    """Where a system is, which machine posts its webhooks (its `sub`), and the map of fields."""

    base_url: Annotated[str, Field(min_length=9, max_length=250)]
    webhook_client: Name
    fields: FieldMapModel | None = None

    @field_validator("base_url")
    @classmethod
    def _is_https(cls, url: str) -> str:
        return _check_url(url)


class LinkedSystemCreate(LinkedSystemUpdate):
    """A system of a customer (`customer` is its key) or of a partner.

    Its account stands in the file that `OPSDESK_LINKED_SYSTEMS_FILE` names, under this key.
    """

    key: Key
    kind: SystemKind
    party: Party
    customer: Annotated[Name | None, Refers("customer")] = None

    @model_validator(mode="after")
    def _customer_belongs_to_party(self) -> "LinkedSystemCreate":
        if (self.customer is None) == (self.party == "customer"):
            raise PydanticCustomError("customer", "give `customer` with the party customer alone")
        return self

    @model_validator(mode="after")
    def _jira_needs_transitions(self) -> "LinkedSystemCreate":
        if self.kind == "jira" and self.fields is not None:
            check_transitions(self.fields)
        return self


def check_transitions(fields: FieldMapModel) -> None:
    """Raise PydanticCustomError where a state of Jira has no step that leads to it."""
    if missing := sorted(set(fields.state.values()) - set(fields.transitions)):
        names = ", ".join(missing)
        raise PydanticCustomError(
            "transition", "name the step to {names} in `transitions`", {"names": names}
        )


class LinkRequest(RequestModel):
    """Which system; `remote_id` names a ticket that is there already, without it one is made."""

    system: Annotated[str, Field(min_length=1, max_length=63)]
    remote_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None


class UnlinkRequest(RequestModel):
    """Why the link ends."""

    reason: ShortReason


class ConflictDecision(RequestModel):
    """Whose value holds. `ours` is sent; `theirs` stays there until ours changes again."""

    decision: Decision
    reason: ShortReason | None = None


class FieldMapRead(ResponseModel):
    """How our words become theirs."""

    priority: Mapping[str, str]
    state: Mapping[str, str]
    constants: Mapping[str, Any]
    transitions: Mapping[str, str]
    max_file_bytes: int


class LinkedSystemRead(ResponseModel):
    """A linked system. `held_since` and `problem` say that it does not answer."""

    id: UUID
    key: str
    kind: SystemKind
    party: Party
    customer_id: UUID | None
    base_url: str
    webhook_client: str
    fields: FieldMapRead
    retired: bool
    held_since: datetime | None
    problem: str | None
    created_by: str
    created_at: datetime


class ConflictRead(ResponseModel):
    """Both sides changed a field: `ours` and `theirs` are in their words."""

    id: UUID
    field: SyncedField
    ours: str
    theirs: str
    detected_at: datetime
    decision: Decision | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class LinkedTicketRead(ResponseModel):
    """A link. `known` is what their side has; `sends` counts what was and is to be sent, by state.

    `ticket` is of which ticket it is. While that is merged, the link works for the one into which it was:
    it is listed there as well.
    """

    id: UUID
    ticket_id: UUID
    ticket: str
    system: str
    state: LinkState
    remote_id: str | None
    remote_key: str | None
    remote_url: str | None
    known: Mapping[str, str]
    sends: Mapping[str, int]
    conflicts: list[ConflictRead]
    created_by: str
    created_at: datetime


class LinkedTickets(ResponseModel):
    """The links of a ticket."""

    items: list[LinkedTicketRead]


class WebhookResult(ResponseModel):
    """What became of a webhook."""

    outcome: ReceiptOutcome


class ReceiptRead(ResponseModel):
    """Something that a system posted, as it came where it could not be applied."""

    id: UUID
    event: str
    received_at: datetime
    outcome: ReceiptOutcome
    ticket_id: UUID | None
    raw: str | None
