"""What a journey is played on: everybody at their desks, time that stands still, open ears."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage

from aiokafka import AIOKafkaConsumer

from opsdesk import demo_clients, topic_reader
from opsdesk.api_client import Desk
from opsdesk.company.demo_data import Book, read_book
from opsdesk.demo_clients import Office
from opsdesk.endpoints import Running
from opsdesk.errors import Trouble
from opsdesk.time_travel import Traveller
from opsdesk.topic_reader import Record
from opsdesk_local.mail import messages

HEARD = (
    "opsdesk.tickets",
    "opsdesk.clocks",
    "opsdesk.escalations",
    "opsdesk.deliveries",
    "opsdesk.escalations.dm",
    "opsdesk.escalations.po",
    "opsdesk.escalations.gm",
)

Say = Callable[[str], None]


class Stage:
    """`records` and `letters` are all that came since the curtain rose."""

    def __init__(self, desks: Office, ears: AIOKafkaConsumer, say: Say) -> None:
        self.desks = desks
        self.book: Book = read_book()
        self.say = say
        self.records: list[Record] = []
        self.time = Traveller(desks)
        self._ears = ears
        self._letters_before = self._letters_told = len(self._all_letters())

    def __getitem__(self, name: str) -> Desk:
        return self.desks[name]

    async def settle(self) -> datetime:
        """Wait until what was done has been heard everywhere; time stands still meanwhile."""
        at = await self.time.settle()
        self.records += await topic_reader.arrived(self._ears)
        return at

    async def until(self, at: datetime) -> None:
        """Let everything happen that is due until then, each at its own time; stand still there."""
        await self.time.stand_at(at)
        self.records += await topic_reader.arrived(self._ears)

    def letters(self) -> list[EmailMessage]:
        """What OpsDesk has mailed since the journey began, in that order."""
        return self._all_letters()[self._letters_before :]

    def fresh_letters(self) -> list[EmailMessage]:
        """Those that came since this was asked last."""
        everything = self._all_letters()
        fresh, self._letters_told = everything[self._letters_told :], len(everything)
        return fresh

    def letters_about(self, *words: str) -> list[EmailMessage]:
        """Those in whose subject all the words stand."""
        return [one for one in self.letters() if all(word in str(one["Subject"]) for word in words)]

    def address_of(self, sub: str) -> str:
        return str(next(one["email"] for one in self.book.entries("people") if one["sub"] == sub))

    def said(self, type_: str, **facts: object) -> list[Record]:
        """Records of a type (`clock.breached`) on the main topics with these facts in the body."""
        return [
            record
            for record in self.records
            if record.type == f"opsdesk.{type_}.v1"
            and record.topic.count(".") == 1
            and all(record.body.get(name) == value for name, value in facts.items())
        ]

    def _all_letters(self) -> list[EmailMessage]:
        folder = self.desks.running.mail
        if folder is None:
            raise Trouble("Where is the mail? Set OPSDESK_MAIL to the mail server's folder.")
        return messages(folder)


@asynccontextmanager
async def raised(running: Running, say: Say) -> AsyncIterator[Stage]:
    """A stage with time standing still; afterwards time goes on."""
    async with (
        demo_clients.opened(running) as desks,
        topic_reader.listening(running.kafka, *HEARD) as ears,
    ):
        stage = Stage(desks, ears, say)
        await stage.settle()
        try:
            yield stage
        finally:
            await stage.time.go_on()
