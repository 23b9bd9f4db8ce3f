"""An AsyncAPI 3 document from the event classes.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import inspect
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from common.events import EVENTS
from common.events.dead_letters import RecordDeadLettered
from common.events.envelope import Event
from common.messaging.topics import topics_of

SCHEMA_REF = "#/components/schemas/{model}"

HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_sequence"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "the same on every topic"},
        "ce_type": {"type": "string", "description": "a past fact with its version"},
        "ce_source": {"type": "string", "description": "the service that publishes it"},
        "ce_subject": {"type": "string", "description": "the aggregate, as noun/id"},
        "ce_sequence": {
            "type": "string",
            "pattern": "^[1-9][0-9]*$",
            "description": "counts per source and subject from 1, without gaps on the main topic",
        },
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context"},
    },
}


def asyncapi_document(
    service: str | None = None, consumed: Iterable[type[Event]] = ()
) -> dict[str, Any]:
    """Return the document of a service (what it sends and receives), or of all events."""
    sent = [event for event in EVENTS.values() if _emits(service, event)]
    received = [event for event in EVENTS.values() if event in set(consumed)]
    events = list(dict.fromkeys([*sent, *received]))
    _, schemas = models_json_schema(
        [(event, "serialization") for event in events], ref_template=SCHEMA_REF
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"OpsDesk {service or 'events'}",
            "version": version("opsdesk-common"),
            "description": "CloudEvents 1.0 over Kafka in binary mode: attributes in headers, "
            "the body as JSON. Changes are additive; anything else is a new type.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": _channels(events),
        "operations": _operations("send", sent) | _operations("receive", received),
        "components": {
            "messages": {event.__name__: _message(event) for event in events},
            "schemas": schemas.get("$defs", {}),
            "messageTraits": {"cloudevent": {"headers": HEADERS}},
        },
    }


def _emits(service: str | None, event: type[Event]) -> bool:
    own = event.source.removeprefix("opsdesk/")
    return service in {None, own} or event is RecordDeadLettered


def _channels(events: Iterable[type[Event]]) -> dict[str, Any]:
    channels: dict[str, Any] = {}
    for event in events:
        for topic in topics_of(event):
            channel = channels.setdefault(_id(topic), _new_channel(topic))
            channel["messages"][event.__name__] = _ref("messages", event.__name__)
    return channels


def _new_channel(topic: str) -> dict[str, Any]:
    channel: dict[str, Any] = {"address": topic, "messages": {}}
    if "{service}" in topic:
        channel["parameters"] = {
            "service": {"description": "the service whose consumer could not apply it"}
        }
    return channel


def _operations(action: str, events: Iterable[type[Event]]) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for event in events:
        for topic in topics_of(event) if action == "send" else [event.topic]:
            channel = f"#/channels/{_id(topic)}"
            operation = operations.setdefault(
                f"{action}.{_id(topic)}",
                {"action": action, "channel": {"$ref": channel}, "messages": []},
            )
            operation["messages"].append({"$ref": f"{channel}/messages/{event.__name__}"})
    return operations


def _id(topic: str) -> str:
    return topic.replace("{", "").replace("}", "")


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": summary(event),
        "contentType": "application/json",
        "payload": {"$ref": SCHEMA_REF.format(model=event.__name__)},
        "traits": [_ref("messageTraits", "cloudevent")],
    }


def summary(event: type[Event]) -> str:
    """Return the docstring of the event class on one line."""
    return " ".join(inspect.cleandoc(event.__doc__ or event.__name__).split())


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
