"""The schema `reporting`: views for Power BI, Tableau, Looker and the like, one row per fact.

Each service declares its views in `<module>/bi_views.py` as `VIEWS`; `migrate` lays them after the
newest revision. A view is named `reporting.<schema>_<name>`, belongs to the service's owner role and
reads the service's tables by its rights; the reader's role (`opsdesk_reporting`) sees the views and
nothing else. They are stable: `CREATE OR REPLACE VIEW` itself refuses to rename, retype or drop a
column; new ones come last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

REPORTING_SCHEMA = "reporting"
READER_ROLE = "opsdesk_reporting"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its meaning with the unit, and the SQL that gives it, where that is not
    the column of the same name."""

    name: str
    description: str
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """`about` says what one row is; `source` is what follows FROM, the service's schema being the
    search path."""

    name: str
    description: str
    source: str
    columns: tuple[Column, ...]

    @property
    def query(self) -> str:
        expressions = ", ".join(
            f"{one.expression or one.name} AS {one.name}" for one in self.columns
        )
        return f"SELECT {expressions} FROM {self.source}"


def load_views(module: str) -> Sequence[View]:
    """What a service shows; nothing where it declares nothing."""
    if find_spec(f"{module}.bi_views") is None:
        return ()
    views: Sequence[View] = import_module(f"{module}.bi_views").VIEWS
    return views


def view_statements(schema: str, views: Sequence[View]) -> Iterator[str]:
    """SQL that lays the views, as the owner of `schema`, whose search path it is."""
    if views:
        yield _REQUIRE_SCHEMA
    for view in views:
        name = f"{REPORTING_SCHEMA}.{schema}_{view.name}"
        yield f"CREATE OR REPLACE VIEW {name} AS {view.query}"
        yield f"COMMENT ON VIEW {name} IS {_quote_literal(view.description)}"
        for one in view.columns:
            yield f"COMMENT ON COLUMN {name}.{one.name} IS {_quote_literal(one.description)}"
        yield f"GRANT SELECT ON {name} TO {READER_ROLE}"


_REQUIRE_SCHEMA = f"""
DO $$ BEGIN
    IF to_regnamespace('{REPORTING_SCHEMA}') IS NULL THEN
        RAISE EXCEPTION 'the schema {REPORTING_SCHEMA} is missing'
            USING HINT = 'prepare the database again: see docs/reporting.md';
    END IF;
END $$
"""


def _quote_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
