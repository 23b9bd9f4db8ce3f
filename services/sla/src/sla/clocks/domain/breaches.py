"""What becomes of a breach when the promise changes: kept, or refuted (C6, C10). Pure."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from sla.clocks.domain.clock import BREACH, BreachAtWithdrawal, Clock


def with_breach_at_withdrawal(clock: Clock, former_target: timedelta | None) -> Clock:
    """Return the clock that remembers what was broken where nothing is promised any more (C10).

    A correction is another matter: what the ticket is was never promised, as two people say (0692).
    """
    if clock.terms.target is not None or clock.moved_by == "reclassified":
        return (
            clock
            if clock.breach_at_withdrawal is None
            else replace(clock, breach_at_withdrawal=None)
        )
    if former_target is None or clock.breached_at is None:
        return clock
    return replace(
        clock,
        breach_at_withdrawal=BreachAtWithdrawal(former_target, max(clock.worst, clock.counted)),
    )


def with_breach_rechecked(clock: Clock) -> Clock:
    """Return the clock without a breach that late inputs or a new deadline refute (C6)."""
    if clock.cycle_breached_at is None or _breach_still_holds(clock, clock.cycle_breached_at):
        return clock
    fired = tuple(kind for kind in clock.fired if kind != BREACH)
    return replace(clock, cycle_breached_at=None, breach_reason=None, fired=fired)


def _breach_still_holds(clock: Clock, breached_at: datetime) -> bool:
    if clock.cancelled is not None or clock.breach_at_withdrawal is not None:
        return True
    if clock.deadline is None:
        return False
    if clock.open and not clock.is_paused and clock.deadline <= breached_at:
        return True
    return clock.deadline < (clock.stopped_at or clock.since)
