"""The page of the log: its fields, and every line that the code writes."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from common.docgen.markdown import code, page, table
from common.telemetry.log_fields import COMMON, FIELDS, ONE_EACH, LogField

LEVELS = {"debug", "info", "warning", "error", "exception"}
TRACEBACK = "exc_info"

INTRODUCTION = """One line of JSON for each event on stderr (`OPSDESK_LOG_FORMAT=json`; `console` is for a terminal). No line
holds what anybody wrote: no body, no query, no address of mail, no name; ids, templates of routes, the `sub` of a
caller and codes instead. What looks like a secret or an address is hidden before it is written. A new field may
come with any release; none changes its meaning within a major version."""

ONE_TICKET = """## One ticket's life

Each request has a trace id, and what follows from it keeps it: the event, the service that applies it, the deadline
that it schedules, the breach that fires from there, the case that is opened. So one id leads over all services, in
logs and in traces. A caller may bring one (`traceparent`, W3C), and finds it in each error as `trace_id`.

Requests made on a ticket later have traces of their own. All of them are found by the ticket's id, which is the
`key` of its events (`GET /v1/tickets/OPS-1042` says the id):

```sh
grep -h '"key": "0192…"' *.log | jq -r .trace_id | sort -u      # each trace that touched the ticket
grep -h '"trace_id": "4bf9…"' *.log | jq -s 'sort_by(.timestamp)[]'   # one of them, over all services
```

In Loki `{app=~"opsdesk-.*"} | json | key="0192…"`, in Elasticsearch or OpenSearch `key: "0192…"`."""

TRACES = """## Traces

| setting | what it does |
|---|---|
| `OPSDESK_OTLP_ENDPOINT` | where spans go (OTLP over HTTP, such as `http://otel-collector:4318`); without it none are recorded |
| `OPSDESK_TRACE_SAMPLE_RATIO` | the share of traces that have spans, 0.01 unless set. All services decide by the trace id, so a trace is whole or missing; a caller's wish is ignored. Set it alike everywhere |

Trace ids stand in the log whether a trace is sampled or not. `service.name` is `opsdesk-intake` and so on. Spans of
one ticket that breaks its promise, all in one trace: `POST /v1/tickets` (intake), `publish opsdesk.ticket.opened.v1`
(its relay), `sla TicketOpened`, `publish opsdesk.clock.started.v1`, `deadline clock`, `publish
opsdesk.clock.breached.v1` (sla), `escalation ClockBreached`. A trace therefore lasts as long as the promise: look it
up by its id, and let a collector that decides at the end (tail sampling) decide by id as well.

Events that one poll brings together are handled together, and deadlines that are due together fire together. Each
keeps a span in its own trace, with `messaging.batch.message_count`; the batch has one in a trace of its own, named
`… batch`, linked to all of them. An error's span has its type, never its text."""


class Line(NamedTuple):
    """A line that the code writes; `fields` are those that it names."""

    event: str
    level: str
    fields: tuple[str, ...]


def logs_page(root: Path) -> str:
    """Write the page. Raises KeyError for a field that `log_fields` does not describe."""
    lines = sorted(
        {*lines_in_code(root), *(Line(name, "", fields) for name, fields in ONE_EACH.items())}
    )
    if unknown := {name for one in lines for name in one.fields} - FIELDS.keys():
        raise KeyError(f"{sorted(unknown)}: describe them in common.telemetry.log_fields")
    return page(
        "Logs and traces",
        INTRODUCTION,
        ONE_TICKET,
        TRACES,
        "## Fields of any line",
        table(("field", "type", "what it says"), _rows(COMMON)),
        "## Fields of some lines",
        table(("field", "type", "what it says"), _rows(FIELDS)),
        "## Lines",
        "Security events have a page of their own: [security events](security-events.md). Lines of libraries have a sentence as `event`. Fields"
        " in the table are those that the line has beside the ones above; `level` is missing on the first three of one each.",
        table(("event", "level", "fields"), (_row(one) for one in lines)),
    )


def lines_in_code(root: Path) -> Iterator[Line]:
    """Find each call of a module's `log` in the sources of the repository."""
    for path in sorted(
        (*root.glob("libs/common/src/**/*.py"), *root.glob("services/*/src/**/*.py"))
    ):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _is_log_call(call):
                yield Line(_event(call.args[0]), _level(call), _fields(call))


def _is_log_call(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="log"), attr=level) if level in LEVELS:
            return bool(call.args)
    return False


def _event(argument: ast.expr) -> str:
    """The event's name; a part of it that varies as `<name>`."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    text = ast.unparse(argument).removeprefix("f").strip("'\"")
    return text.replace("{self.", "<").replace("{", "<").replace("}", ">")


def _level(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return {"exception": "error"}.get(call.func.attr, call.func.attr)


def _fields(call: ast.Call) -> tuple[str, ...]:
    return tuple(one.arg for one in call.keywords if one.arg not in {None, TRACEBACK} and one.arg)


def _rows(fields: Mapping[str, LogField]) -> Iterator[Sequence[str]]:
    for name, (type_, meaning) in fields.items():
        yield code(name), type_, meaning


def _row(line: Line) -> Sequence[str]:
    return code(line.event), line.level, ", ".join(map(code, line.fields))
