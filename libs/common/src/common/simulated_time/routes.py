"""`/v1/simulated-time`: reads and advances the time of a service. Never in production."""

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
    """The time of the service, and what it has yet to do.

    `unsent` counts events and effects that are stored and not carried out, `lag` records that are
    not applied (null if unknown), `announced` all events ever written.
    """

    now: datetime
    next_due_at: datetime | None
    unsent: int
    lag: int | None
    announced: int


class SimulatedTimeUpdate(RequestModel):
    """The new instant `at`, not before the present one; `frozen` stops the time there."""

    at: AwareDatetime
    frozen: bool = False


@routes.get("", response_model=SimulatedTimeRead)
async def get_simulated_time(
    request: Request, tx: Transaction, caller: Annotated[Caller, requires("simulated-time:move")]
) -> SimulatedTimeRead:
    """Show the simulated time of the service, its next deadline, and what it has yet to do."""
    return await _read_state(request, tx)


@routes.post("", response_model=SimulatedTimeRead)
async def move_time(
    request: Request,
    tx: Transaction,
    body: SimulatedTimeUpdate,
    caller: Annotated[Caller, requires("simulated-time:move")],
) -> SimulatedTimeRead:
    """Move the simulated time forwards. Deadlines on the way fire late, so move from one to the next."""
    await tx.execute(text("SELECT FROM simulated_time FOR UPDATE"))
    present = await _now(tx)
    if body.at < present:
        raise Conflict(
            f"Time only moves forwards: give {present.isoformat()} or a later instant.",
            code="TIME_GOES_FORWARDS",
        )
    await tx.execute(
        text(
            'UPDATE simulated_time SET "offset" = CAST(:at AS timestamptz) - statement_timestamp(),'
            " frozen_at = CASE WHEN :frozen THEN CAST(:at AS timestamptz) END"
        ),
        {"at": body.at, "frozen": body.frozen},
    )
    # Wakes the scheduler: what is due by the new time fires now, not at its next look.
    tx.info[EARLIEST_DEADLINE] = present
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


# Periodic deadlines count only once they are due: time does not stop for them.
_SELECT_STATE: Any = text(
    "SELECT (SELECT min(wake_at) FROM deadlines WHERE kind <> ALL(:periodic) OR wake_at <= :now)"
    " AS next_due_at, (SELECT count(*) FROM outbox) AS unsent,"
    " coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')), 0) AS announced"
).bindparams(bindparam("periodic", type_=ARRAY(Text)))
