"""Request and response models of request forms."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, JsonValue

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Key, KeyRef, Name
from intake.directory.schemas import Language
from intake.forms.domain.form import FormKind, RequestForm

FormSchema = Annotated[
    dict[str, JsonValue],
    Field(
        description="A JSON Schema (2020-12) of an object. It loads nothing, and its regular"
        " expressions have no look-around and no back-references."
    ),
]


class FormVersionCreate(RequestModel):
    """The next version of a form. `service` is the key of the service for which it asks; none: any."""

    title: Name
    description: Annotated[str, Field(max_length=2000)] | None = None
    language: Language = "en"
    service: Annotated[KeyRef | None, Refers("service")] = None
    kind: FormKind = "service_request"
    # Named as JSON Schema names it; pydantic's own method of that name is deprecated and unused.
    form_schema: FormSchema = Field(alias="schema")


class FormCreate(FormVersionCreate):
    """A form to publish; its key can never be changed."""

    key: Key


class FormRead(ResponseModel):
    """A version of a request form. `schema` is a JSON Schema (2020-12) of what is filled in."""

    id: UUID
    key: str
    version: int
    title: str
    description: str | None
    language: str
    service: str | None
    kind: FormKind
    form_schema: dict[str, Any] = Field(serialization_alias="schema")
    is_current: bool
    made_at: datetime


class FilledFormRead(ResponseModel):
    """What was filled in for a ticket, with the version of the form that asked for it."""

    form: FormRead
    values: dict[str, Any]


def to_form_response(form: RequestForm) -> FormRead:
    """The form as its callers read it; who made it is in the audit trail."""
    names = ("id", "key", "version", "title", "description", "language", "service", "kind")
    return FormRead(
        **{name: getattr(form, name) for name in names},
        form_schema=form.schema,
        is_current=form.is_current,
        made_at=form.made_at,
    )
