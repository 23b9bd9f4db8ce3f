"""Publish versions of request forms, and store what was filled in."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from common import audit
from common.domain import Actor
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.persistence.database import Connection
from intake.forms import store
from intake.forms.domain.form import RequestForm
from intake.forms.validation import check_schema, check_values


async def publish_form(
    tx: Connection, actor: Actor, form: RequestForm, *, is_new: bool
) -> RequestForm:
    """Store the next version of a form, and offer it from now on.

    Raises ValidationFailed for its schema, Conflict where a new one has a key that is taken, and NotFound
    where there is no form to change.
    """
    if violations := check_schema(form.schema):
        raise ValidationFailed(violations)
    last = await store.lock_last_version(tx, form.key)
    if is_new and last:
        raise Conflict(f"There is a form {form.key}: send its next version.", code="NAME_TAKEN")
    if not is_new and not last:
        raise NotFound(f"Request form {form.key}")
    stored = replace(form, version=last + 1)
    await store.add(tx, stored)
    await _record(tx, actor, form.made_at, "request_form.publish", form.key, stored.version)
    return stored


async def retire_form(tx: Connection, actor: Actor, form: RequestForm, at: datetime) -> None:
    """Offer a form no more; tickets keep what was filled in."""
    await store.retire(tx, form.key)
    await _record(tx, actor, at, "request_form.retire", form.key, form.version)


async def store_filled_form(
    tx: Connection, ticket_id: UUID, key: str, values: dict[str, Any]
) -> None:
    """Store what was filled in for a new ticket.

    Raises ValidationFailed with a pointer to each value that the form refuses.
    """
    form = await store.find(tx, key)
    if form is None:
        raise unknown_form(key)
    if violations := check_values(form, values):
        raise ValidationFailed(violations)
    await store.add_filled(tx, ticket_id, form.id, values)


def unknown_form(key: str) -> ValidationFailed:
    """The error for a form that is not offered to the caller."""
    detail = f"there is no request form {key}; see /v1/request-forms"
    return ValidationFailed([Violation("/form", "unknown_reference", detail)])


async def _record(
    tx: Connection, actor: Actor, at: datetime, action: str, key: str, version: int
) -> None:
    entry = audit.Entry.by(actor, at, action, f"request_form/{key}", {"version": version})
    await audit.record(tx, entry)
