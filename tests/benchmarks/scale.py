"""How much work a run does: all of it for figures, a little to see that the benchmarks work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`seconds` a load lasts, `rounds` in which both sides take turns (the median counts);
    `armed` deadlines, `due` of them each second, `rival_armed` as many as a rival can take;
    `tickets` that reports tell of; `alerts` of a storm."""

    seconds: float
    rounds: int
    armed: int
    rival_armed: int
    due: int
    tickets: int
    alerts: int


FULL = Scale(
    seconds=6,
    rounds=3,
    armed=1_000_000,
    rival_armed=100_000,
    due=1_000,
    tickets=1_000_000,
    alerts=10_000,
)
QUICK = Scale(
    seconds=2, rounds=1, armed=5_000, rival_armed=2_000, due=50, tickets=3_000, alerts=500
)
