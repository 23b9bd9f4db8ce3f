"""The migrations, `schema.sql` and the tables in the code agree."""

from console.app import SERVICE
from console.metadata import METADATA
from opsdesk_testing.schema import differences, present_schema, schema_file

assert SERVICE  # imports every noun, so that METADATA is whole


async def test_the_schema_in_the_repository_is_what_the_migrations_make(owner_url: str) -> None:
    text = schema_file("console").read_text(encoding="utf-8")
    assert await present_schema(owner_url, "console") == text, "run `make docs`"


async def test_the_code_names_every_column_as_the_migrations_make_it(owner_url: str) -> None:
    assert await differences(owner_url, "console", METADATA, {}) == []
