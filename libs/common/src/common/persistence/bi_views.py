"""The schema `reporting`: views for Power BI, Tableau, Looker and the like, one row per fact.

Each service declares its views in `<module>/bi_views.py` as `VIEWS`; `migrate` creates them after
the newest revision. A view is named `reporting.<schema>_<name>`, belongs to the service's owner role and
reads the service's tables with its rights; the reader's role (`opsdesk_reporting`) sees the views
and nothing else. They are stable: `CREATE OR REPLACE VIEW` refuses to rename, retype or drop a
column; new columns come last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

REPORTING_SCHEMA = "reporting"
READER_ROLE = "opsdesk_reporting"


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its meaning and unit.

    `expression` is the SQL for its value, None for the column of the same name.
    """

    name: str
    description: str
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A view. `description` says what one row is; `source` is the FROM clause without FROM.

    The search path is the service's schema.
    """

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
    """Return the views of a service, none where it declares none."""
    if find_spec(f"{module}.bi_views") is None:
        return ()
    views: Sequence[View] = import_module(f"{module}.bi_views").VIEWS
    return views


def view_statements(schema: str, views: Sequence[View]) -> Iterator[str]:
    """Yield the SQL that creates the views, to be run by the owner of `schema` (the search path)."""
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
