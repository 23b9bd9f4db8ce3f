"""Tables: ticket turns, and the figures that are counted from the facts."""

from sqlalchemy import ARRAY, BigInteger, Column, Date, Integer, SmallInteger, Table, Text, Uuid

from sla.metadata import METADATA, instant

ticket_turns = Table(
    "ticket_turns",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("ordinal", BigInteger, primary_key=True),
    Column("kind", Text),
    instant("at"),
    Column("customer_id", Uuid),
    Column("change", SmallInteger),
)

recounts = Table(
    "recounts",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("customer_id", Uuid),
    instant("at"),
)


def _figures(name: str, keys: tuple[str, ...], *figures: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("span", Text, primary_key=True),
        Column("customer_id", Uuid, primary_key=True),
        Column("day", Date, primary_key=True),
        *(Column(key, Text, primary_key=True) for key in ("service", "priority", "kind", *keys)),
        *(Column(figure, BigInteger) for figure in figures),
    )


ticket_figures = _figures(
    "ticket_figures",
    (),
    "opened",
    "resolved",
    "rejected",
    "reopened",
    "merged",
    "entered",
    "gone",
    "opened_epochs",
    "still_open",
)
clock_figures = _figures(
    "clock_figures", ("metric", "contract", "agreement"), "met", "breached", "excused"
)
time_figures = _figures("time_figures", ("metric", "contract", "agreement"), "ended", "seconds")
time_figures.append_column(Column("bucket", Integer, primary_key=True))
work_figures = _figures("work_figures", ("rate", "currency"), "minutes", "cents")
time_sums = _figures("time_sums", ("apart", "metric", "contract", "agreement"), "seconds")
for _array, _kind in (("buckets", SmallInteger), ("ended", Integer)):
    time_sums.append_column(Column(_array, ARRAY(_kind, dimensions=1)))
