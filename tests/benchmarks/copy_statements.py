"""The statements that copy tickets by the million: which rows, to whom the copies belong, and from when they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.benchmarks.dropped_indexes import Connection

SCHEMA = "copied"
"""Where the rows lie that are copied."""
CUSTOMERS = 200
"""Of whom a few have most of the tickets."""
CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Copies:
    """A table, the rows of it that are copied, and how their copies differ.

    `source` selects these rows with `seed`, the number of their ticket from 0, `nth`, their own number of that ticket
    from 1, and `opened_at_once`, when the ticket was opened. `changed` has SQL over `s`, such a row, and `c`, the copied
    ticket (`id`, `n`, `ms`, `at`, `customer`, `stretch`, and `youngest`, the instant of the youngest one). Instants
    move with the opening; `ticket_id` and `customer_id` are the copy's.
    """

    table: str
    source: str
    changed: Mapping[str, str]
    stays_where: str = "false"
    """Which rows stay when the copies are removed."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which tickets are made: `count` from `first` on, the youngest first, the others back over `period`.

    The first `still_open` are copies of the first `open_seeds`, the others of the other `seeds`.
    """

    first: int
    count: int
    youngest: datetime
    still_open: int
    seeds: int
    open_seeds: int
    period: timedelta

    def chunks(self) -> Iterator[tuple[int, int]]:
        end = self.first + self.count
        for start in range(self.first, end, CHUNK):
            yield start, min(start + CHUNK, end) - 1


async def insert_statement(
    connection: Connection, schema: str, one: Copies, numbers: Numbers
) -> str:
    columns = await connection.fetch(
        "SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = $1::text::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        f"{schema}.{one.table}",
    )
    assert set(one.changed) <= {column["name"] for column in columns}, one.table
    names = ", ".join(f'"{column["name"]}"' for column in columns)
    values = ", ".join(_value(column["name"], column["type"], one) for column in columns)
    return f"""
    INSERT INTO {schema}.{one.table} ({names}) OVERRIDING SYSTEM VALUE
    SELECT {values} FROM ({_copied_tickets(numbers)}) c JOIN {seeds_of(schema, one)} s ON s.seed = c.seed
    """


def _value(name: str, type: str, one: Copies) -> str:
    if name in one.changed:
        return one.changed[name]
    if name == "ticket_id":
        return "c.id"
    if name == "customer_id":
        return customer_id("c.customer")
    if type == "timestamp with time zone":
        return f'c.at + (s."{name}" - s.opened_at_once) * c.stretch'
    return f's."{name}"'


def customer_id(number: str) -> str:
    """SQL for the id of a customer of the measurement by SQL for its number."""
    return f"('00000000-0000-0000-0001-' || lpad(to_hex({number}), 12, '0'))::uuid"


def id_of(nth: str = "0") -> str:
    """SQL for an id in the order of time: the ticket's, or that of the `nth` thing of it."""
    return (
        f"(lpad(to_hex(c.ms), 12, '0') || '7' || lpad(to_hex({nth}), 3, '0')"
        " || '8' || lpad(to_hex(c.n), 15, '0'))::uuid"
    )


def _copied_tickets(numbers: Numbers) -> str:
    step = numbers.period / numbers.count
    return f"""
    SELECT c.*, {id_of()} AS id, timestamptz '{numbers.youngest.isoformat()}' AS youngest FROM (
        SELECT n, at, floor(extract(epoch FROM at) * 1000)::bigint AS ms,
            CASE WHEN n - {numbers.first} < {numbers.still_open} THEN n % {numbers.open_seeds}
                ELSE {numbers.open_seeds} + n % {numbers.seeds - numbers.open_seeds} END AS seed,
            floor({CUSTOMERS} * power(n * 2654435761 % 4294967296 / 4294967296.0::float8, 2))::int AS customer,
            20 + 20000 * power(n * 40503 % 65536 / 65536.0::float8, 4) AS stretch
        FROM (SELECT n, timestamptz '{numbers.youngest.isoformat()}' - (n - {numbers.first})
            * interval '{step.total_seconds():.6f} s' AS at FROM generate_series($1::bigint, $2::bigint) n) o) c
    """


def seeds_of(schema: str, one: Copies) -> str:
    return f"{SCHEMA}.{schema}_{one.table}"
