"""What a journey is played on: everybody at their desks, time that stands still, open ears."""

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
    """`records` and `letters` are all that came since the curtain rose."""

    def __init__(self, clients: DemoClients, consumer: AIOKafkaConsumer, say: Say) -> None:
        self.clients = clients
        self.demo_data: DemoData = read_demo_data()
        self.say = say
        self.events: list[Record] = []
        self.time_travel = TimeTraveller(clients)
        self._consumer = consumer
        self._mails_before = self._mails_reported = len(self._all_mails())

    def __getitem__(self, name: str) -> ApiClient:
        return self.clients[name]

    async def settle(self) -> datetime:
        """Wait until what was done has been heard everywhere; time stands still meanwhile."""
        at = await self.time_travel.settle()
        self.events += await topic_reader.read_to_end(self._consumer)
        return at

    async def advance_to(self, at: datetime) -> None:
        """Let everything happen that is due until then, each at its own time; stand still there."""
        await self.time_travel.freeze_at(at)
        self.events += await topic_reader.read_to_end(self._consumer)

    def mails(self) -> list[EmailMessage]:
        """What OpsDesk has mailed since the journey began, in that order."""
        return self._all_mails()[self._mails_before :]

    def new_mails(self) -> list[EmailMessage]:
        """Those that came since this was asked last."""
        everything = self._all_mails()
        new, self._mails_reported = everything[self._mails_reported :], len(everything)
        return new

    def mails_about(self, *words: str) -> list[EmailMessage]:
        """Those in whose subject all the words stand."""
        return [one for one in self.mails() if all(word in str(one["Subject"]) for word in words)]

    def address_of(self, sub: str) -> str:
        return str(
            next(one["email"] for one in self.demo_data.entries("people") if one["sub"] == sub)
        )

    def events_of(self, type_: str, **facts: object) -> list[Record]:
        """Records of a type (`clock.breached`) on the main topics with these facts in the body."""
        return [
            record
            for record in self.events
            if record.type == f"opsdesk.{type_}.v1"
            and record.topic.count(".") == 1
            and all(record.body.get(name) == value for name, value in facts.items())
        ]

    def _all_mails(self) -> list[EmailMessage]:
        folder = self.clients.endpoints.mail
        if folder is None:
            raise CliError("Where is the mail? Set OPSDESK_MAIL to the mail server's folder.")
        return messages(folder)


@asynccontextmanager
async def open_context(endpoints: Endpoints, say: Say) -> AsyncIterator[JourneyContext]:
    """A stage with time standing still; afterwards time goes on."""
    async with (
        demo_clients.open_demo_clients(endpoints) as clients,
        topic_reader.open_consumer(endpoints.kafka, *TOPICS) as consumer,
    ):
        context = JourneyContext(clients, consumer, say)
        await context.settle()
        try:
            yield context
        finally:
            await context.time_travel.resume()
