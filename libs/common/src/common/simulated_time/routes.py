"""`/v1/simulated-time`: where a service stands in time, and how to move it on. Never in production."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import AwareDatetime
from sqlalchemy import ARRAY, Text, bindparam, text

from common.auth import Caller, requires
from common.errors import Conflict
from common.http import RequestModel, ResponseModel, Transaction, router, state_of
from common.persistence.database import EARLIEST_DEADLINE, Connection, transaction_time

routes = router("/v1/simulated-time", tags=["simulated time"])


class SimulatedTimeRead(ResponseModel):
    """See `common.simulated_time.Position`."""

    now: datetime
    next_due_at: datetime | None
    unsent: int
    lag: int | None
    announced: int


class SimulatedTimeUpdate(RequestModel):
    """`at` is the new instant, not before the present one; `frozen` stops the clock there."""

    at: AwareDatetime
    frozen: bool = False


@routes.get("", response_model=SimulatedTimeRead)
async def get_simulated_time(
    request: Request, tx: Transaction, caller: Annotated[Caller, requires("simulated-time:move")]
) -> SimulatedTimeRead:
    """The service's time, when something next falls due, and what is still on its way."""
    return await _read_state(request, tx)


@routes.post("", response_model=SimulatedTimeRead)
async def move_time(
    request: Request,
    tx: Transaction,
    body: SimulatedTimeUpdate,
    caller: Annotated[Caller, requires("simulated-time:move")],
) -> SimulatedTimeRead:
    """Move the service's time forwards. What falls due on the way fires late: step instead."""
    await tx.execute(text("SELECT FROM simulated_time FOR UPDATE"))
    present = await _now(tx)
    if body.at < present:
        raise Conflict(
            f"Time only moves forwards: ask for {present.isoformat()} or later.",
            type="time-goes-forwards",
        )
    await tx.execute(
        text(
            'UPDATE simulated_time SET "offset" = CAST(:at AS timestamptz) - statement_timestamp(),'
            " frozen_at = CASE WHEN :frozen THEN CAST(:at AS timestamptz) END"
        ),
        {"at": body.at, "frozen": body.frozen},
    )
    tx.info[EARLIEST_DEADLINE] = (
        present  # what is due by the new time fires now, not at the next look
    )
    return await _read_state(request, tx)


async def _now(tx: Connection) -> datetime:
    return (await transaction_time(tx)).astimezone(UTC)


async def _read_state(request: Request, tx: Connection) -> SimulatedTimeRead:
    state = state_of(request.app)
    consumer, pending = state.consumer, state.service.pending
    periodic = [kind for kind, timer in state.service.timers.items() if timer.periodic]
    now = await _now(tx)
    row = (await tx.execute(_SELECT_STATE, {"periodic": periodic, "now": now})).one()
    return SimulatedTimeRead(
        now=now,
        next_due_at=row.next_due_at,
        unsent=row.unsent + (await pending(tx) if pending else 0),
        lag=await consumer.lag() if consumer else 0,
        announced=row.announced,
    )


# What is periodic counts once it is due: it is waited for, but time does not stop for it.
_SELECT_STATE: Any = text(
    "SELECT (SELECT min(wake_at) FROM deadlines WHERE kind <> ALL(:periodic) OR wake_at <= :now)"
    " AS next_due_at, (SELECT count(*) FROM outbox) AS unsent,"
    " coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')), 0) AS announced"
).bindparams(bindparam("periodic", type_=ARRAY(Text)))
