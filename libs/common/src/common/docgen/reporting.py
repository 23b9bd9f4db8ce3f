"""`docs/reporting.md`: every view of the schema `reporting`, with its columns and their units."""

from collections.abc import Sequence

from common.docgen.markdown import code, page, table
from common.http import Service
from common.persistence.bi_views import READER_ROLE, REPORTING_SCHEMA, View, load_views

INTRODUCTION = f"""
For Power BI, Tableau, Looker, or `psql`: the schema `{REPORTING_SCHEMA}` of the OpsDesk database, one row per
fact. Connect as `{READER_ROLE}`; it sees these views, no table, and changes nothing.

- **Stable**: columns are never renamed, retyped or dropped; new ones come last. Anything else gets a new
  view beside the old one.
- Instants are `timestamptz` (UTC), times are whole seconds in columns that end in `_seconds`, a `day` is
  the customer's own. There is no free text and no contact data in here; people are their `sub`.
- The role's statements end after 30 s, and so does a transaction that idles (an open snapshot slows down the
  queues of the services); it holds 20 connections at most. Who lifts these limits for a session is disconnected
  by a watcher in the services, also where a transaction lasts five minutes. For longer questions, let the
  tool import, or point it at a replica. Prefer the `daily` views for anything over time.
- A ticket has the same `ticket_id` in all services: join `intake_tickets` (the work) with `sla_clocks`
  (the promises).
- The same comments are in the database: `\\d+ {REPORTING_SCHEMA}.sla_tickets`.

`python -m <service> database apply` creates schema, role and rights; `migrate` of each service creates its views. The password is that of every role: derived from the state folder's secret
(`make run` writes the address to `addresses.json` as `reporting_database_url`), `OPSDESK_ROLE_PASSWORD` in
containers, and yours in production (`OPSDESK_REPORTING_PASSWORD` at `database apply`). Setting up a BI tool:
[integrate/bi.md](integrate/bi.md).

A service adds a view in its `bi_views.py` (`common.persistence.bi_views.View`); nothing else is needed, and no
migration: the next `migrate` creates it. A test requires a description of every column.
""".strip()


def reporting_page(services: Sequence[Service]) -> str:
    """Write the page of all views."""
    parts = [
        part
        for service in services
        for view in load_views(service.schema)
        for part in _view_section(service.schema, view)
    ]
    return page("Reporting by SQL", INTRODUCTION, *parts)


def _view_section(schema: str, view: View) -> tuple[str, str, str]:
    rows = [(code(one.name), one.description) for one in view.columns]
    return (
        f"## {REPORTING_SCHEMA}.{schema}_{view.name}",
        view.description,
        table(("column", "what it is"), rows),
    )
