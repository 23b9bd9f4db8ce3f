"""All events on Kafka, by type."""

from collections.abc import Iterator

from common.events import (
    agreements,
    alerts,
    articles,
    catalogue,
    change_requests,
    clocks,
    customer_voices,
    dead_letters,
    deliveries,
    directory,
    emergencies,
    environments,
    erasures,
    escalations,
    evidence,
    follow_ups,
    forecasts,
    goals,
    hand_overs,
    improvements,
    outages,
    problems,
    reserved_hours,
    restored,
    reviews,
    second_eyes,
    ticket_holds,
    ticket_links,
    ticket_tags,
    tickets,
    usage,
    waivers,
    watchers,
)
from common.events.envelope import Event

MODULES = (
    tickets,
    second_eyes,
    hand_overs,
    problems,
    change_requests,
    ticket_holds,
    ticket_links,
    ticket_tags,
    customer_voices,
    watchers,
    improvements,
    alerts,
    articles,
    erasures,
    clocks,
    waivers,
    agreements,
    catalogue,
    usage,
    goals,
    forecasts,
    outages,
    reviews,
    reserved_hours,
    evidence,
    escalations,
    deliveries,
    follow_ups,
    emergencies,
    environments,
    directory,
    dead_letters,
    restored,
)


def _classes(base: type[Event]) -> Iterator[type[Event]]:
    for child in base.__subclasses__():
        if "type" in vars(child) and child.__module__.startswith(__name__):
            yield child
        yield from _classes(child)


EVENTS: dict[str, type[Event]] = {event.type: event for event in _classes(Event)}
"""Every event class by its type."""
