"""A plain FastAPI app with SQLAlchemy ORM sessions, as tutorials build it, storing the same rows.

Authentication is ours (verified tokens are remembered); the server is uvicorn with uvloop, as ours.
`python -m tests.benchmarks.rival_orm serve`, with intake's environment.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import uvicorn
import uvloop
from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BigInteger, ForeignKey, Identity, Sequence, make_url, select
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common.auth.caller import Caller
from common.auth.jwks import IssuerKeys
from common.auth.tokens import Authenticator
from common.now import now
from common.persistence.ids import uuid7
from common.settings import load_settings
from intake.settings import IntakeSettings

NUMBERS = Sequence("ticket_numbers")


class Base(DeclarativeBase):
    type_annotation_map = {datetime: TIMESTAMP(timezone=True), dict[str, Any]: JSONB}  # noqa: RUF012 - declared as SQLAlchemy asks


class CustomerRow(Base):
    __tablename__ = "customers"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]


class TicketRow(Base):
    __tablename__ = "tickets"
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - declared as SQLAlchemy asks
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    number: Mapped[int] = mapped_column(BigInteger, default=NUMBERS.next_value())
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    priority: Mapped[str]
    state: Mapped[str] = mapped_column(default="new")
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    channel: Mapped[str] = mapped_column(default="staff")
    opened_at: Mapped[datetime] = mapped_column(default=now)
    opened_by: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger, default=1)


class OutboxRow(Base):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(default=uuid7)
    topic: Mapped[str] = mapped_column(default="opsdesk.tickets")
    key: Mapped[str]
    type: Mapped[str] = mapped_column(default="opsdesk.ticket.opened.v1")
    source: Mapped[str] = mapped_column(default="intake")
    subject: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger, default=1)
    at: Mapped[str]
    body: Mapped[str]


class AuditRow(Base):
    __tablename__ = "audit"
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    who: Mapped[str]
    action: Mapped[str] = mapped_column(default="ticket.open")
    subject: Mapped[str]
    grounds: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TicketCreate(BaseModel):
    kind: Literal["incident", "service_request", "question"]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: str | None = None
    customer: str
    priority: Literal["blocker", "critical", "major", "minor", "trivial"]


class TicketRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    number: int
    kind: str
    title: str
    description: str | None
    priority: str
    state: str
    opened_at: datetime
    opened_by: str


app = FastAPI()


async def session_of(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


async def caller_of(request: Request) -> Caller:
    people: Authenticator = request.app.state.people
    authorization = request.headers.get("authorization", "")
    return await people.authenticate(authorization.encode())


Session = Annotated[AsyncSession, Depends(session_of)]


@app.post("/v1/tickets", status_code=201, response_model=TicketRead)
async def open_ticket(
    request_body: TicketCreate, session: Session, caller: Annotated[Caller, Depends(caller_of)]
) -> TicketRow:
    customer = await session.scalar(
        select(CustomerRow).where(CustomerRow.key == request_body.customer)
    )
    assert customer is not None, "the benchmark registers its customer"
    ticket_fields = request_body.model_dump(exclude={"customer"})
    ticket = TicketRow(**ticket_fields, customer_id=customer.id, opened_by=caller.sub)
    session.add(ticket)
    await session.flush()
    subject, body = f"ticket/{ticket.id}", TicketRead.model_validate(ticket).model_dump_json()
    at = ticket.opened_at.isoformat()
    session.add(OutboxRow(key=str(ticket.id), subject=subject, at=at, body=body))
    session.add(AuditRow(who=caller.sub, subject=subject))
    await session.commit()
    return ticket


@app.get("/health/ready")
async def ready() -> Response:
    return Response()


async def main() -> None:
    settings = load_settings(IntakeSettings)
    engine = create_async_engine(
        make_url(settings.database_url.get_secret_value()).set(drivername="postgresql+asyncpg"),
        pool_size=16,
        max_overflow=48,
    )
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.state.people = Authenticator(
        settings.issuer, settings.audience, IssuerKeys(settings.jwks_url)
    )
    # Whoever waits for it asks on the management port, as with intake.
    addresses = (
        (settings.host, settings.port),
        (settings.management_host, settings.management_port),
    )
    await asyncio.gather(*(_serve(host, port) for host, port in addresses))


async def _serve(host: str, port: int) -> None:
    config = uvicorn.Config(app, host=host, port=port, http="httptools", access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
