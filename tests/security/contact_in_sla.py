"""What sla has of a contact who has written in every way there is: a comment, a review, and events that wait."""

import json
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from common.messaging.batch_processor import BatchProcessor
from common.messaging.inbox import Inbox
from common.persistence.database import Database
from common.persistence.ids import uuid7
from opsdesk_testing.protocol import record_of
from sla.handlers import HANDLERS as SLA_HANDLERS
from sla_support.company import NINE, promise, ticket_opened
from tests.security.contact_who_wrote import WORDS, Company


async def agree_in_sla(database: Database, customer: UUID) -> None:
    """Let sla have an agreement with the customer, of whom intake tells it afterwards."""
    await promise(database, (customer, "acme"))
    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM inbox"))


async def write_in_sla(company: Company) -> None:
    """What sla has of it: a comment, a published review, and events that wait or were put aside."""
    database, ticket = company.databases["sla"], company.ticket
    async with database.transaction() as tx:
        version = await tx.scalar(text("SELECT id FROM agreement_versions LIMIT 1"))
        customer = await tx.scalar(text("SELECT id FROM customers WHERE key = 'acme'"))
        figures = json.dumps(
            {
                "breaches": [
                    {"ticket": ticket["key"], "title": ticket["title"]},
                    {"ticket": "OPS-1", "title": "another"},
                ],
                "outages": [{"cause": f"{ticket['key']}: {ticket['title']}"}, {"cause": ""}],
            }
        )
        values = {
            "version": version,
            "customer": customer,
            "who": f"contact/{company.contact}",
            "comment": WORDS["comment"],
            "figures": figures,
            "at": NINE,
            "review": uuid7(),
            "id": uuid7(),
        }
        for statement in (
            (
                "INSERT INTO agreement_comments (id, version_id, created_by, side, created_at, comment)"
                " VALUES (:id, :version, :who, 'counterparty', :at, :comment)"
            ),
            (
                "INSERT INTO reviews (id, key, customer_id, month, figures, generated_by, generated_at,"
                " edition, sequence) VALUES (:review, 'REV-1', :customer, '2026-05',"
                " CAST(:figures AS jsonb), 'theo', :at, 1, 1)"
            ),
            (
                "INSERT INTO review_editions (review_id, edition, figures, generated_by, generated_at,"
                " published_by, published_at) VALUES (:review, 1, CAST(:figures AS jsonb), 'theo', :at,"
                " 'gina', :at)"
            ),
        ):
            await tx.execute(text(statement), values)
    await _put_aside(database, UUID(ticket["id"]))


async def _put_aside(database: Database, ticket: UUID) -> None:
    """An event that came too early, and two that cannot be applied: JSON, and none."""
    processor = BatchProcessor(database, Inbox("sla", SLA_HANDLERS))
    about = ticket_opened(1).model_copy(update={"ticket_id": ticket, "title": WORDS["title"]})
    record = record_of(about, 900, offset=9_000)
    odd = record_of(about, 901, offset=9_001)
    await processor.process(
        [
            record,
            replace(odd, headers=(), body=json.dumps({"title": WORDS["title"]}).encode()),
            replace(odd, headers=(), body=WORDS["title"].encode(), offset=9_002),
        ]
    )
