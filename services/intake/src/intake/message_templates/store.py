"""Every query about templates of messages, and what a ticket fills into them."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.message_templates.domain.template import MessageTemplate
from intake.message_templates.tables import message_templates

_CURRENT: Final[Select[Any]] = (
    select(message_templates)
    .ext(distinct_on(message_templates.c.key, message_templates.c.language))
    .order_by(
        message_templates.c.key,
        message_templates.c.language,
        message_templates.c.version.desc(),
    )
)
_FACTS: Final = text(
    """
    SELECT tickets.title, tickets.resolution, tickets.opened_at, tickets.service,
        customers.name AS customer, customers.timezone, environments.name AS environment,
        contacts.name AS contact, contacts.language AS contact_language,
        customers.language AS customer_language,
        (SELECT name FROM people WHERE sub = :sender) AS sender
    FROM tickets
    LEFT JOIN customers ON customers.id = tickets.customer_id
    LEFT JOIN environments ON environments.id = tickets.environment_id
    LEFT JOIN contacts ON contacts.id = tickets.contact_id AND NOT contacts.erased
    WHERE tickets.id = :ticket
    """
)


async def current(tx: Connection, key: str) -> list[MessageTemplate]:
    """The newest version of a template in each language that is not retired."""
    rows = await tx.execute(_CURRENT.where(message_templates.c.key == key))
    return [one for one in map(_template, rows) if not one.retired]


async def page(
    tx: Connection, language: str | None, after: tuple[str, str] | None, limit: int
) -> Sequence[MessageTemplate]:
    """Templates that are not retired, by key and language: `limit` and one more behind `after`."""
    newest = _CURRENT.subquery()
    query = select(newest).where(~newest.c.retired)
    if language is not None:
        query = query.where(newest.c.language == language)
    order = [newest.c.key, newest.c.language]
    return [_template(row) for row in await tx.execute(page_after(query, order, after, limit))]


async def list_versions(tx: Connection, key: str) -> list[MessageTemplate]:
    """Every version of a template, by language, the newest first."""
    query = select(message_templates).where(message_templates.c.key == key)
    order = (message_templates.c.language, message_templates.c.version.desc())
    return [_template(row) for row in await tx.execute(query.order_by(*order))]


async def lock_newest(tx: Connection, key: str, language: str) -> MessageTemplate | None:
    """The newest version, also a retired one; who writes the next one waits for others who do."""
    name = {"name": f"message_templates {key} {language}"}
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), name)
    one = (message_templates.c.key == key) & (message_templates.c.language == language)
    row = (await tx.execute(_CURRENT.where(one))).one_or_none()
    return None if row is None else _template(row)


async def add(tx: Connection, template: MessageTemplate) -> None:
    """Store a version."""
    values = {name: getattr(template, name) for name in MessageTemplate.__slots__}
    await tx.execute(insert(message_templates).values(values))


async def load_facts(tx: Connection, ticket: UUID, sender: str) -> dict[str, Any]:
    """What the ticket says that a template may show, and the languages of its reader."""
    row = (await tx.execute(_FACTS, {"ticket": ticket, "sender": sender})).one()
    return dict(row._mapping)


def _template(row: Row[Any]) -> MessageTemplate:
    return MessageTemplate(**row._mapping)
