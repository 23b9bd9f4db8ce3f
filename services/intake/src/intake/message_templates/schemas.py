"""Request and response models of templates and drafts."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from common.http import RequestModel, ResponseModel
from intake.tickets.schemas.message_checks import FindingRead

PlaceholderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class MessageTemplateUpdate(RequestModel):
    """The next version of a template. Placeholders stand in double braces: `{{contact}}`.

    The ticket fills `contact`, `customer`, `environment`, `opened_at`, `resolution`, `sender`, `service`,
    `ticket` and `title`; whoever writes fills any others.
    """

    description: Annotated[str, Field(min_length=3, max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class MessageTemplateRead(ResponseModel):
    """One version of a template in one language."""

    key: str
    language: str
    version: int
    description: str
    text: str
    placeholders: list[str]
    written_by: str
    written_at: datetime
    retired: bool


class MessageTemplateVersions(ResponseModel):
    """Every version of a template, by language, the newest first."""

    items: list[MessageTemplateRead]


class DraftRequest(RequestModel):
    """Which template to fill, and the values of placeholders that the ticket does not fill.

    Without `language` it is that of the ticket's contact.
    """

    template: Annotated[str, Field(min_length=1, max_length=63)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    values: Annotated[
        dict[PlaceholderName, Annotated[str, Field(max_length=10_000)]],
        Field(max_length=50, default_factory=dict),
    ]


class MissingValue(ResponseModel):
    """A placeholder without a value, and what to do."""

    name: str
    detail: str


class DraftRead(ResponseModel):
    """A filled template, which is not stored and not sent, and what the check of messages finds in it."""

    template: str
    version: int
    language: str
    text: str
    missing: list[MissingValue]
    findings: list[FindingRead]
