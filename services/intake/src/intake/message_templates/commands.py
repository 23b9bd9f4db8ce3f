"""Write and retire versions of templates; fill one for a ticket."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from common import audit
from common.domain import Actor
from common.persistence.database import Connection
from common.wording import format_instant
from intake.message_templates import store
from intake.message_templates.domain.template import (
    Draft,
    MessageTemplate,
    choose_language,
    fill,
)
from intake.tickets.domain.ticket import Ticket

_LOCALES: Final = frozenset({"nl", "en", "de"})


async def write_version(
    tx: Connection, template: MessageTemplate, actor: Actor, at: datetime
) -> MessageTemplate:
    """Store the next version of a template; its number is given here."""
    newest = await store.lock_newest(tx, template.key, template.language)
    version = replace(template, version=1 if newest is None else newest.version + 1)
    await store.add(tx, version)
    await _record(tx, version, actor, at, "message_template.write")
    return version


async def retire(
    tx: Connection, key: str, language: str, actor: Actor, at: datetime
) -> MessageTemplate | None:
    """Retire a template in one language, as a version of its own; None where there is none."""
    newest = await store.lock_newest(tx, key, language)
    if newest is None or newest.retired:
        return None
    version = replace(
        newest, version=newest.version + 1, written_by=actor.sub, written_at=at, retired=True
    )
    await store.add(tx, version)
    await _record(tx, version, actor, at, "message_template.retire")
    return version


async def draft(
    tx: Connection,
    ticket: Ticket,
    key: str,
    language: str | None,
    values: dict[str, str],
    sender: str,
) -> tuple[MessageTemplate, Draft] | None:
    """Fill a template for the customer of a ticket; None where there is none in this language."""
    facts = await store.load_facts(tx, ticket.id, sender)
    templates = {one.language: one for one in await store.current(tx, key)}
    if language is None:
        readers = (facts["contact_language"], facts["customer_language"])
        language = choose_language(set(templates), *(one for one in readers if one))
    template = templates.get(language or "")
    if template is None:
        return None
    known = _values(ticket, facts, template.language)
    return template, fill(template, known | values)


def _values(ticket: Ticket, facts: dict[str, Any], language: str) -> dict[str, str]:
    named = ("contact", "customer", "environment", "resolution", "sender", "service", "title")
    values = {name: str(facts[name]) for name in named if facts[name]}
    zone = ZoneInfo(facts["timezone"] or "UTC")
    locale = language if language in _LOCALES else "en"
    opened = format_instant(facts["opened_at"], zone, seconds=False, locale=locale)
    return values | {"ticket": ticket.key, "opened_at": opened}


async def _record(
    tx: Connection, version: MessageTemplate, actor: Actor, at: datetime, action: str
) -> None:
    subject = f"message-template/{version.key}/{version.language}"
    grounds: dict[str, audit.JSON] = {"version": version.version}
    await audit.record(tx, audit.Entry.by(actor, at, action, subject, grounds))
