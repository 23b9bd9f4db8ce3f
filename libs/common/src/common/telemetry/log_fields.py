"""Every field that a line of the log may have: its type in JSON and what it says. docs/logs.md shows them.

A field that a line has and this table has not is a mistake: `docgen` refuses it where the code names it, and a
test where a running service writes it.
"""

from typing import Final, NamedTuple


class LogField(NamedTuple):
    """`type` is a type of JSON: string, integer, number, boolean, list; `… or null` where it may be null."""

    type: str
    meaning: str


COMMON: Final = {
    "event": LogField("string", "what happened; of libraries a sentence"),
    "timestamp": LogField("string", "when, in UTC: RFC 3339 with microseconds and `Z`"),
    "service": LogField(
        "string", "which service: `intake`, `sla`, `escalation`, `delivery-gate`, `console`"
    ),
    "trace_id": LogField("string", "the trace: 32 hex digits; missing or empty outside of one"),
    "level": LogField(
        "string",
        "`info`, `warning`, `error`, `critical`; missing on the lines of single requests, events and deadlines",
    ),
    "logger": LogField("string", "the module that wrote it; missing where `level` is missing"),
    "exception": LogField("string", "a traceback, where an error was not expected"),
}
"""On lines of any kind."""

FIELDS: Final = {
    "address": LogField(
        "string", "where it listens; of a security event the network address of an unknown caller"
    ),
    "batch": LogField("integer", "tickets in a batch that was taken apart"),
    "behind": LogField("string", "the machine that spoke for the caller"),
    "caller": LogField(
        "string or null",
        "the `sub` of who asked, `…>contact/ID` for whom a machine spoke; null where nobody was recognised",
    ),
    "cause": LogField("string", "which trouble: a stable word"),
    "code": LogField("string", "why a record became a dead letter"),
    "database_connections": LogField("string", "how many connections each kind of work may have"),
    "day": LogField("string", "a date"),
    "deadlines": LogField("integer", "deadlines of a batch that was taken apart"),
    "detail": LogField("string", "the trouble in a sentence, as readiness says it"),
    "error": LogField(
        "string", "the type of an error, or its description without what anybody wrote"
    ),
    "escalation": LogField("string", "the id of a case"),
    "excess": LogField("string", "which limit foreign bytes exceeded"),
    "exit_code": LogField("integer", "of a process that ended"),
    "expected": LogField("integer", "the offset that should have come"),
    "fired_without_events": LogField(
        "boolean", "the deadline fired without all events being known"
    ),
    "found": LogField("integer", "the offset that came"),
    "goes_on_at": LogField("integer", "the offset at which reading goes on"),
    "group": LogField("string", "a Kafka group"),
    "head": LogField("string", "the head of a hash chain"),
    "held_by": LogField("string", "what Kafka does not take: `topic`, `partition N`, `key`"),
    "holder": LogField(
        "string", "which session has the lock that is waited for: its process id, login and machine"
    ),
    "key": LogField("string", "the record key of an event: the ticket's id where there is one"),
    "kind": LogField("string", "of deadlines the timer, of foreign bytes what they are"),
    "lag_ms": LogField("number", "from the due instant to the firing, in milliseconds"),
    "left_out": LogField(
        "integer", "security events like this one that were not written since the last"
    ),
    "loop": LogField("string", "a background loop"),
    "mail": LogField("string", "the id of a mail"),
    "management": LogField("string", "where health and metrics are"),
    "meaning": LogField("string", "what follows from it"),
    "method": LogField("string", "of a request; `other` for what is no method of HTTP"),
    "ms": LogField("number", "from the head of the request to the answer, in milliseconds"),
    "next_try_in_s": LogField("number", "seconds until it is tried again"),
    "number": LogField("integer", "of a seal"),
    "offset": LogField("integer", "of a record in its partition"),
    "outcome": LogField("string", "of a security event: `refused` or `done`"),
    "partition": LogField("integer", "of a topic"),
    "permission": LogField("string", "the one that was missing"),
    "posts": LogField("list", "ids of posts of a monitor"),
    "problem": LogField("string", "why it waits or failed"),
    "question": LogField("string", "what one process of the replica asked the other"),
    "reason": LogField("string", "why, in a sentence; of a security event a stable code"),
    "records": LogField("integer", "records of a poll"),
    "relation": LogField("string or null", "a table of facts; null: the chain over all of them"),
    "remedy": LogField("string", "what to do about it"),
    "route": LogField("string", "a template such as `/v1/tickets/{ticket}`; `unmatched`"),
    "seconds": LogField("number", "how long"),
    "sequence": LogField("integer", "of an event, within its source and subject"),
    "sessions": LogField("integer", "sessions of reports that were ended"),
    "since": LogField("string", "an instant"),
    "size": LogField("integer", "how much a seal covers"),
    "source": LogField("string", "who sent it: a service, a file, an address of keys"),
    "status": LogField("integer", "of HTTP; 499 where the client went away"),
    "stored": LogField("integer", "the offset that the database has"),
    "subject": LogField("string", "what it is about: `noun/id`; of deadlines an id"),
    "system": LogField("string", "a linked ticket system"),
    "then": LogField("string", "what happens next"),
    "ticket": LogField("string", "a ticket's id"),
    "topic": LogField("string", "a Kafka topic"),
    "topics": LogField("list", "Kafka topics"),
    "type": LogField("string", "of an event, such as `opsdesk.ticket.opened.v1`"),
    "unknown_service": LogField("string", "a key that no service of the catalogue has"),
    "upstream": LogField("string", "the service that the console asked"),
    "what": LogField("string", "what is deleted by age"),
    "zone": LogField("string", "a time zone that is not known"),
}
"""On lines of some kinds."""

ONE_EACH: Final = {
    "http.request": ("method", "route", "status", "ms", "caller"),
    "event.applied": ("type", "subject", "key", "sequence"),
    "deadline.fired": ("kind", "subject", "lag_ms", "fired_without_events"),
}
"""The lines that `common.telemetry.line_log` writes: one for each request, event and deadline."""
