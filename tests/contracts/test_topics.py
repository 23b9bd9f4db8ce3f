"""What creates topics creates the same ones: `make run`, and the services' own command."""

from importlib import import_module

from common.messaging.topics import CONFIGURATION, needed_topics
from opsdesk_local import topics

SERVICES = ("intake", "sla", "escalation", "delivery_gate", "console")


def test_all_services_together_need_what_a_start_creates() -> None:
    services = [import_module(f"{module}.app").SERVICE for module in SERVICES]
    needed = [needed_topics(one.name, one.handlers).items() for one in services]
    assert dict(pair for pairs in needed for pair in pairs) == topics.TOPICS


def test_they_are_configured_alike() -> None:
    assert topics.CONFIGURATION == CONFIGURATION
