"""The migrations, `schema.sql` and the tables that the code names say the same."""

from opsdesk_testing.schema import differences, present_schema, schema_file
from sla.tables import METADATA

REAL = "half the width of a float in Python; what is compared with it is one"
DIFFERENT = {
    "clocks.breached": "computed, for the index of open clocks alone",
    "clocks.service": "written by triggers, for the index of open clocks alone",
    "forecast_marks.probability": REAL,
    "forecasts.breach_share": REAL,
    "forecasts.probability": REAL,
    "forecasts.usual": REAL,
    "punctuality_horizon": "its one row is read and written by SQL of its own",
}


async def test_the_schema_in_the_repository_is_what_the_migrations_make(owner_url: str) -> None:
    text = schema_file("sla").read_text(encoding="utf-8")
    assert await present_schema(owner_url, "sla") == text, "run `make docs`"


async def test_the_code_names_every_column_as_the_migrations_make_it(owner_url: str) -> None:
    assert await differences(owner_url, "sla", METADATA, DIFFERENT) == []
