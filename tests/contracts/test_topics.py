"""The one table of topics covers what the services send and hear."""

from importlib import import_module

from common.messaging.topics import SERVICES, every_topic, needed_topics
from opsdesk_local import topics


def test_all_services_together_need_what_the_table_lists() -> None:
    services = [import_module(f"{name.replace('-', '_')}.app").SERVICE for name in SERVICES]
    needed = [needed_topics(one.name, one.handlers).items() for one in services]
    assert dict(pair for pairs in needed for pair in pairs) == every_topic() == topics.TOPICS
