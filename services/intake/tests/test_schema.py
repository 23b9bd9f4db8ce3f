"""The migrations, `schema.sql` and the tables that the code names are the same.

`intake.app` imports the tables of every noun.
"""

from intake.app import SERVICE
from intake.metadata import METADATA
from opsdesk_testing.schema import differences, present_schema, schema_file


async def test_the_schema_in_the_repository_is_what_the_migrations_make(owner_url: str) -> None:
    text = schema_file("intake").read_text(encoding="utf-8")
    assert await present_schema(owner_url, SERVICE.schema) == text, "run `make docs`"


async def test_the_code_names_every_column_as_the_migrations_make_it(owner_url: str) -> None:
    assert await differences(owner_url, SERVICE.schema, METADATA, {}) == []
