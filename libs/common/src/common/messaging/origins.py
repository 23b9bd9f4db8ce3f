"""Who may send what: every topic has one owner, every type of event one topic. Pure.

Whoever may write to a topic can name any source in `ce_source`. What the topic's owner does not send
there is refused before anything of it takes effect, even on the position of its subject.
"""

from collections.abc import Callable, Iterable

from common.events.envelope import Envelope, Event

MAX_NAME_CHARS = 80
"""Characters of a refused record's own words that are repeated."""


class Origins:
    """The sources and topics of the event types that a service receives.

    `topic_name` gives a topic's name on Kafka, which has the installation's prefix.
    """

    def __init__(self, events: Iterable[type[Event]], topic_name: Callable[[str], str]) -> None:
        self._owners: dict[str, set[str]] = {}
        self._bindings: dict[str, tuple[str, str]] = {}
        for event in events:
            topic = topic_name(event.topic)
            self._owners.setdefault(topic, set()).add(event.source)
            self._bindings[event.type] = topic, event.source

    def fault(self, topic: str, envelope: Envelope) -> str | None:
        """Say why a record on `topic` is not what its owner sends there; None where it is."""
        if envelope.source not in self._owners.get(topic, ()):
            return f"{_quote(envelope.source)} does not send on {topic}: {_describe(envelope)}"
        if self._bindings.get(envelope.type, (topic, envelope.source)) != (topic, envelope.source):
            return f"{_quote(envelope.source)} does not send this on {topic}: {_describe(envelope)}"
        return None


def _describe(envelope: Envelope) -> str:
    return f"{_quote(envelope.type)} about {_quote(envelope.subject)}, id {envelope.id}"


def _quote(name: str) -> str:
    """Quote what a stranger wrote: short, and without characters that a terminal would obey."""
    return repr(name[:MAX_NAME_CHARS])
