"""`/v1/simulated-time`: where a service stands in time, and how to move it on. Never in production."""

from datetime import UTC, datetime
from typing import Annotated, Any, Protocol

from fastapi import Request
from pydantic import AwareDatetime
from sqlalchemy import ARRAY, Text, bindparam, text

from common.auth import Caller, needs
from common.errors import Conflict
from common.http import Asked, Told, router
from common.http.service import Pending
from common.persistence.database import ARMED, Connection, Transaction, moment

routes = router("/v1/simulated-time", tags=["simulated time"])


class Lagging(Protocol):
    """The consumer, as far as this room knows it."""

    async def lag(self) -> int | None:
        """Records on the topics that have not been taken yet; None where nobody can tell."""


class SimulatedTime(Told):
    """See `common.simulated_time.Position`."""

    now: datetime
    next_due_at: datetime | None
    unsent: int
    lag: int | None
    announced: int


class Move(Asked):
    """`at` is the new instant, not before the present one; `frozen` stops the clock there."""

    at: AwareDatetime
    frozen: bool = False


@routes.get("", response_model=SimulatedTime)
async def simulated_time(
    request: Request, tx: Transaction, caller: Annotated[Caller, needs("simulated-time:move")]
) -> SimulatedTime:
    """The service's time, when something next falls due, and what is still on its way."""
    return await _position(request, tx)


@routes.post("", response_model=SimulatedTime)
async def move_time(
    request: Request,
    tx: Transaction,
    move: Move,
    caller: Annotated[Caller, needs("simulated-time:move")],
) -> SimulatedTime:
    """Move the service's time forwards. What falls due on the way fires late: step instead."""
    await tx.execute(text("SELECT FROM simulated_time FOR UPDATE"))
    present = await _now(tx)
    if move.at < present:
        raise Conflict(
            f"Time only moves forwards: ask for {present.isoformat()} or later.",
            type="time-goes-forwards",
        )
    await tx.execute(
        text(
            'UPDATE simulated_time SET "offset" = CAST(:at AS timestamptz) - statement_timestamp(),'
            " frozen_at = CASE WHEN :frozen THEN CAST(:at AS timestamptz) END"
        ),
        {"at": move.at, "frozen": move.frozen},
    )
    tx.info[ARMED] = present  # what is due by the new time fires now, not at the next look
    return await _position(request, tx)


async def _now(tx: Connection) -> datetime:
    return (await moment(tx)).astimezone(UTC)


async def _position(request: Request, tx: Connection) -> SimulatedTime:
    state = request.app.state
    consumer: Lagging | None = getattr(state, "consumer", None)
    pending: Pending | None = state.pending
    periodic = [kind for kind, timer in state.service.timers.items() if timer.periodic]
    now = await _now(tx)
    found = (await tx.execute(_FOUND, {"periodic": periodic, "now": now})).one()
    return SimulatedTime(
        now=now,
        next_due_at=found.next_due_at,
        unsent=found.unsent + (await pending(tx) if pending else 0),
        lag=await consumer.lag() if consumer else 0,
        announced=found.announced,
    )


# What is periodic counts once it is due: it is waited for, but time does not stop for it.
_FOUND: Any = text(
    "SELECT (SELECT min(wake_at) FROM deadlines WHERE kind <> ALL(:periodic) OR wake_at <= :now)"
    " AS next_due_at, (SELECT count(*) FROM outbox) AS unsent,"
    " coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')), 0) AS announced"
).bindparams(bindparam("periodic", type_=ARRAY(Text)))
