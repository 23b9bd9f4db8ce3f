"""Request and response models of chats."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import VISIBLE, Key, KeyRef, Name
from intake.chats.domain.transcript import Chat, ChatLine, Speaker
from intake.tickets.domain.ticket import Kind

ChatOutcome = Literal["opened", "joined", "known"]
OwnId = Annotated[str, Field(min_length=1, max_length=200)]


class ChatLineCreate(RequestModel):
    """One message of a chat. `id` is the chat system's own; `person` the `sub` of an agent of ours."""

    speaker: Speaker
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    at: datetime
    id: OwnId | None = None
    name: Name | None = None
    person: Annotated[KeyRef | None, Refers("person")] = None

    @model_validator(mode="after")
    def _only_agents_are_people_of_ours(self) -> "ChatLineCreate":
        if self.person is not None and self.speaker != "agent":
            raise PydanticCustomError("person", "name a `person` of ours as an agent alone")
        return self


class ChatCreate(RequestModel):
    """The transcript of a chat until now, whole or from where it was sent last.

    `source` names the chat system and `id` the chat there: the same chat is one ticket, however often it is
    sent by the account that began it. What another account sends is another chat. `contact` is who writes, by id, e-mail address or phone number; an unknown one leads to triage.
    """

    source: Key
    id: OwnId
    messages: Annotated[list[ChatLineCreate], Field(min_length=1, max_length=500)]
    title: Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)] | None = None
    contact: Annotated[str, Field(min_length=3, max_length=254)] | None = None
    customer: Annotated[Name | None, Refers("customer")] = None
    environment: Annotated[Name | None, Refers("environment")] = None
    service: Annotated[Name | None, Refers("service")] = None
    kind: Annotated[Kind, Field(description="Not a change request.")] = "incident"

    @model_validator(mode="after")
    def _change_requests_are_none(self) -> "ChatCreate":
        if self.kind == "change_request":
            raise PydanticCustomError("kind", "a chat is no change request: reclassify its ticket")
        return self

    def to_chat(self, system: str) -> Chat:
        """The chat with its lines, as this `system` sends it."""
        lines = (ChatLine(**line.model_dump()) for line in self.messages)
        return Chat(system, self.source, self.id, tuple(lines))


class ChatTicket(ResponseModel):
    """The ticket of a chat."""

    id: UUID
    key: str


class ChatResult(ResponseModel):
    """What became of a chat: a ticket was `opened`, messages `joined` its ticket, or all were `known`."""

    outcome: ChatOutcome
    added: int
    ticket: ChatTicket
