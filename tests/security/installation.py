"""Four databases, and the events that go between them: the services without Kafka and without loops."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from sqlalchemy import text

from common.events.envelope import Envelope
from common.http import Service
from common.messaging.batch_processor import BatchProcessor
from common.messaging.inbox import Inbox
from common.messaging.parked_release import ParkedRelease
from common.messaging.positions import Record
from common.persistence.database import Database
from delivery_gate.app import SERVICE as DELIVERY_GATE
from escalation.app import SERVICE as ESCALATION
from intake.app import SERVICE as INTAKE
from opsdesk_testing.databases import Templates
from sla.app import SERVICE as SLA

SERVICES: tuple[Service, ...] = (INTAKE, SLA, ESCALATION, DELIVERY_GATE)

_numbers = count(900_000)


@asynccontextmanager
async def open_databases(templates: Templates) -> AsyncIterator[Mapping[str, Database]]:
    """Yield a database for each service, by the service's name."""
    async with AsyncExitStack() as stack:
        found: dict[str, Database] = {}
        for service in SERVICES:
            template = await templates.of(service.schema)
            url = await stack.enter_async_context(templates.clone(template, next(_numbers)))
            found[service.name] = Database(url, service.schema, pool_size=4)
            stack.push_async_callback(found[service.name].close)
        yield found


async def forward_events(databases: Mapping[str, Database], sender: str) -> None:
    """Bring everything that a service has not sent yet to all the others, as relay and consumer do."""
    records = await _take_outbox(databases[sender])
    for service in SERVICES:
        if service.name != sender:
            inbox = Inbox(service.name, service.handlers)
            processor = BatchProcessor(databases[service.name], inbox)
            await processor.process([one for one in records if one.topic in inbox.topics])
            await ParkedRelease(processor).release()


async def _take_outbox(database: Database) -> list[Record]:
    async with database.transaction() as tx:
        rows = (await tx.execute(text("SELECT * FROM outbox ORDER BY id"))).all()
        await tx.execute(text("DELETE FROM outbox"))
    return [
        Record(
            row.topic,
            0,
            row.id,
            row.key.encode(),
            tuple(
                Envelope(
                    row.event_id, row.type, row.source, row.subject, row.sequence, None
                ).headers(row.at)
            ),
            row.body.encode(),
        )
        for row in rows
    ]


async def tables_with(database: Database, words: str) -> set[str]:
    """Return the tables of the schema that hold these words in any column, bytes among them."""
    found = set()
    async with database.transaction() as tx:
        names = await tx.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"),
            {"schema": database.schema},
        )
        patterns = {"plain": f"%{words}%", "hex": f"%{words.encode().hex()}%"}
        for name in list(names):
            # The text of a row shows bytes in hexadecimal form.
            holds = f'SELECT EXISTS (SELECT FROM "{name}" AS one WHERE one::text ILIKE ANY (ARRAY[:plain, :hex]))'
            if await tx.scalar(text(holds), patterns):
                found.add(name)
    return found
