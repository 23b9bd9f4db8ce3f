"""What a journey works with: clients of everybody, frozen time, and the events and mails it causes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage

from aiokafka import AIOKafkaConsumer

from opsdesk import demo_clients, topic_reader
from opsdesk.api_client import ApiClient
from opsdesk.company.demo_data import DemoData, read_demo_data
from opsdesk.demo_clients import DemoClients
from opsdesk.endpoints import Endpoints
from opsdesk.errors import CliError
from opsdesk.time_travel import TimeTraveller
from opsdesk.topic_reader import Record
from opsdesk_local.mail import messages

TOPICS = (
    "opsdesk.tickets",
    "opsdesk.clocks",
    "opsdesk.escalations",
    "opsdesk.deliveries",
    "opsdesk.escalations.dm",
    "opsdesk.escalations.po",
    "opsdesk.escalations.gm",
)

Say = Callable[[str], None]


class JourneyContext:
    """The context of one journey. `events` are those since its beginning."""

    def __init__(self, clients: DemoClients, consumer: AIOKafkaConsumer, say: Say) -> None:
        self.clients = clients
        self.demo_data: DemoData = read_demo_data()
        self.say = say
        self.events: list[Record] = []
        self.time_travel = TimeTraveller(clients)
        self._consumer = consumer
        self._main_topics = {self.topic(name) for name in TOPICS if name.count(".") == 1}
        self._mails_before = self._mails_reported = len(self._all_mails())

    def __getitem__(self, name: str) -> ApiClient:
        return self.clients[name]

    async def settle(self) -> datetime:
        """Wait until all services are idle, with frozen time, and collect the new events."""
        at = await self.time_travel.settle()
        self.events += await topic_reader.read_to_end(self._consumer)
        return at

    async def advance_to(self, at: datetime) -> None:
        """Advance to an instant, freeze the time there, and collect the new events."""
        await self.time_travel.freeze_at(at)
        self.events += await topic_reader.read_to_end(self._consumer)

    def mails(self) -> list[EmailMessage]:
        """Return the mails since the journey began, in order."""
        return self._all_mails()[self._mails_before :]

    def new_mails(self) -> list[EmailMessage]:
        """Return the mails since the last call."""
        everything = self._all_mails()
        new, self._mails_reported = everything[self._mails_reported :], len(everything)
        return new

    def mails_about(self, *words: str) -> list[EmailMessage]:
        """Return the mails with all these words in their subject."""
        return [one for one in self.mails() if all(word in str(one["Subject"]) for word in words)]

    def topic(self, name: str) -> str:
        """Return the name of a topic on this Kafka."""
        return self.clients.endpoints.topic(name)

    def address_of(self, sub: str) -> str:
        return str(
            next(one["email"] for one in self.demo_data.entries("people") if one["sub"] == sub)
        )

    def events_of(self, type_: str, **facts: object) -> list[Record]:
        """Return events of a type (`clock.breached`) on the main topics with these fields."""
        return [
            record
            for record in self.events
            if record.type == f"opsdesk.{type_}.v1"
            and record.topic in self._main_topics
            and all(record.body.get(name) == value for name, value in facts.items())
        ]

    def _all_mails(self) -> list[EmailMessage]:
        folder = self.clients.endpoints.mail
        if folder is None:
            raise CliError("The folder of the mail server is unknown: set OPSDESK_MAIL_DIRECTORY.")
        return messages(folder)


@asynccontextmanager
async def open_context(endpoints: Endpoints, say: Say) -> AsyncIterator[JourneyContext]:
    """Open a context with frozen time; afterwards let the time run again."""
    async with (
        demo_clients.open_demo_clients(endpoints) as clients,
        topic_reader.open_consumer(endpoints.kafka, *map(endpoints.topic, TOPICS)) as consumer,
    ):
        context = JourneyContext(clients, consumer, say)
        await context.settle()
        try:
            yield context
        finally:
            await context.time_travel.resume()
