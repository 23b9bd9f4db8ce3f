"""Tables: ticket state changes and daily roll-ups."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, Date, Integer, SmallInteger, Table, Text, Uuid

from sla.metadata import METADATA, instant_column

ticket_state_changes = Table(
    "ticket_state_changes",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("ordinal", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    instant_column("at", nullable=False),
    Column("customer_id", Uuid),
    Column("change", SmallInteger, nullable=False),
)

dirty_days = Table(
    "dirty_days",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    instant_column("at", nullable=False),
)


def _figures_table(name: str, keys: tuple[str, ...], *figures: Column[Any]) -> Table:
    return Table(
        name,
        METADATA,
        Column("span", Text, primary_key=True),
        Column("customer_id", Uuid, primary_key=True),
        Column("day", Date, primary_key=True),
        *(Column(key, Text, primary_key=True) for key in ("service", "priority", "kind", *keys)),
        *figures,
    )


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _sum(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


ticket_figures = _figures_table(
    "ticket_figures",
    (),
    _count("opened"),
    _count("resolved"),
    _count("rejected"),
    _count("reopened"),
    _count("merged"),
    _count("entered"),
    _count("gone"),
    _sum("opened_epochs"),
    _count("still_open"),
)
clock_figures = _figures_table(
    "clock_figures",
    ("metric", "contract", "agreement"),
    _count("met"),
    _count("breached"),
    _count("waived"),
)
time_figures = _figures_table(
    "time_figures",
    ("metric", "contract", "agreement"),
    Column("bucket", SmallInteger, primary_key=True),
    _count("ended"),
    _sum("seconds"),
)
time_entry_figures = _figures_table(
    "time_entry_figures", ("rate", "currency"), _sum("minutes"), _sum("cents")
)
time_sums = _figures_table(
    "time_sums",
    ("apart", "metric", "contract", "agreement"),
    Column("buckets", ARRAY(SmallInteger, dimensions=1), nullable=False),
    Column("ended", ARRAY(Integer, dimensions=1), nullable=False),
    _sum("seconds"),
)
