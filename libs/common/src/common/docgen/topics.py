"""`docs/topics.md`: the events of each topic, with their source and fields."""

import inspect
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from common.docgen.asyncapi import HEADERS, summary
from common.docgen.markdown import code, describe_schema, page, table
from common.events import EVENTS
from common.events.envelope import Event
from common.messaging.topics import MAIN_PARTITIONS, RETENTION_DAYS, topics_of

INTRODUCTION = """
Every record is a CloudEvent 1.0 in binary mode: attributes in headers, the body as JSON. The key of a
record is the ticket's id where there is one, else the aggregate's, so that the events of a ticket are
in order within a topic. Changes are additive only; anything else is a new type (`.v2`) beside the
old one. Ignore unknown types and fields, and drop duplicates: a record may come twice, with the same
`ce_sequence` per (`ce_source`, `ce_subject`). The same as AsyncAPI 3: `asyncapi.json`.

`opsdesk` at the beginning of a topic's name stands for `OPSDESK_TOPIC_PREFIX` (default `opsdesk`). It
begins the names of the consumer groups, too (`opsdesk.sla`), so that an ACL for the prefix covers both,
and two installations on one Kafka keep apart. A group belongs to one database: its offsets carry that
database's id as metadata, and a service on another database does not start
([decision 0307](decisions/0307-a-kafka-group-belongs-to-one-database.md)).

`python -m <service> topics plan` says which are missing or configured otherwise, and `topics apply` mends that: {partitions}
partitions for those below, one for an audience's and for dead letters; three replicas where there are three brokers,
of which two must have a record (`min.insync.replicas=2`). Records stay for {days} days, and the broker dates them
(`message.timestamp.type=LogAppendTime`): a service whose own clock is wrong can send all the same.
`python -m <service> acls` prints who needs which rights on them.
""".strip().format(partitions=MAIN_PARTITIONS, days=RETENTION_DAYS)


def topics_page() -> str:
    """Write the page of all topics, with events of the same base class together."""
    topics = list(dict.fromkeys(event.topic for event in EVENTS.values()))
    grouped = [
        (topic, [event for event in EVENTS.values() if event.topic == topic]) for topic in topics
    ]
    return page(
        "Topics and events",
        INTRODUCTION,
        "## Headers",
        table(("header", "meaning"), _headers()),
        *(part for topic, events in grouped for part in _topic(topic, events)),
    )


def _headers() -> Iterable[tuple[str, str]]:
    for name, schema in HEADERS["properties"].items():
        meaning = schema.get("description") or describe_schema(schema)
        yield code(name), meaning if name in HEADERS["required"] else f"{meaning} (may be missing)"


def _topic(topic: str, events: list[type[Event]]) -> Iterable[str]:
    yield f"## {topic}"
    yield f"Published by {', '.join(sorted({code(event.source) for event in events}))}."
    if also := [code(name) for name in topics_of(events[0]) if name != topic]:
        yield f"Also on {', '.join(also)} for the audiences it concerns, with the same `ce_id`."
    for family, members in groupby(events, key=_family):
        yield from _events(family, list(members))


def _family(event: type[Event]) -> type[Event]:
    """Return the base class from which an event has its common fields."""
    parent: type[Event] = event.__mro__[1]
    return parent if "type" not in vars(parent) else _family(parent)


def _events(family: type[Event], events: list[type[Event]]) -> Iterable[str]:
    common = set(family.model_fields)
    if family is not Event:
        if family.__doc__:
            yield inspect.cleandoc(family.__doc__)
        shared = events[0].model_json_schema()["properties"]
        fields = {name: shared[name] for name in shared if name in common}
        yield "All have " + _list_fields(fields, events[0]) + "."
    yield table(
        ("type", "more fields", "what happened"),
        ((code(event.type), _more(event, common), _meaning(event)) for event in events),
    )


def _more(event: type[Event], common: set[str]) -> str:
    fields = event.model_json_schema()["properties"].items()
    return _list_fields({name: schema for name, schema in fields if name not in common}, event)


def _list_fields(fields: dict[str, Any], event: type[Event]) -> str:
    return ", ".join(f"{code(name)} ({describe_schema(schema)})" for name, schema in fields.items())


def _meaning(event: type[Event]) -> str:
    return summary(event) if "__doc__" in vars(event) and event.__doc__ else ""
