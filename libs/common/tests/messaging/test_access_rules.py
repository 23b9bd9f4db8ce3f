"""Who needs which rights on Kafka, and the forms in which they are given."""

import shlex

import pytest
import yaml

from common.events.tickets import TicketOpened
from common.messaging.access_rule_formats import as_commands, as_kafka_user
from common.messaging.access_rules import (
    AccessRule,
    UnknownTopic,
    administrator_rules,
    service_rules,
    subscriber_rules,
)
from common.messaging.topics import every_topic


def test_a_service_writes_its_own_topics_alone_and_uses_its_own_group() -> None:
    rules = service_rules("sla", [TicketOpened])
    written = [rule.name for rule in rules if "Write" in rule.operations]
    assert written == [
        "opsdesk.catalogue",
        "opsdesk.clocks",
        "opsdesk.dead-letters.sla",
        "opsdesk.evidence",
    ]
    [tickets] = [rule for rule in rules if rule.name == "opsdesk.tickets"]
    assert tickets.operations == ("Read", "Describe", "DescribeConfigs")
    assert [rule.name for rule in rules if rule.resource == "group"] == ["opsdesk.sla"]


def test_no_service_gets_the_right_to_create_or_delete() -> None:
    operations = {
        operation for rule in service_rules("intake", []) for operation in rule.operations
    }
    assert operations == {"Read", "Write", "Describe", "DescribeConfigs"}


def test_a_subscriber_reads_what_it_names_in_groups_of_its_own() -> None:
    rules = subscriber_rules("bi", ["acme.clocks"], every_topic(), "acme")
    assert rules == [
        AccessRule("topic", "acme.clocks", ("Read", "Describe")),
        AccessRule("group", "bi.", ("Read", "Describe"), is_prefix=True),
    ]


def test_a_topic_that_nobody_publishes_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownTopic, match=r"opsdesk\.clokcs.*did you mean opsdesk\.clocks\?"):
        subscriber_rules("bi", ["opsdesk.clokcs"], every_topic())


def test_commands_are_words_that_a_shell_hands_on_whole() -> None:
    rules = administrator_rules("acme.opsdesk")
    *_, command = as_commands("topic maker", rules).splitlines()
    words = shlex.split(command)
    assert words[words.index("--allow-principal") + 1] == "User:topic maker"
    assert words[words.index("--topic") + 1] == "acme.opsdesk."
    assert words[-2:] == ["--resource-pattern-type", "prefixed"]


def test_the_same_rights_as_strimzis_user() -> None:
    rules = subscriber_rules("bi", ["opsdesk.clocks"], every_topic())
    user = yaml.safe_load(as_kafka_user("bi", rules, "main"))
    assert user["metadata"] == {"name": "bi", "labels": {"strimzi.io/cluster": "main"}}
    assert user["spec"]["authentication"] == {"type": "scram-sha-512"}
    assert user["spec"]["authorization"]["acls"] == [
        {
            "resource": {"type": "topic", "name": "opsdesk.clocks", "patternType": "literal"},
            "operations": ["Read", "Describe"],
        },
        {
            "resource": {"type": "group", "name": "bi.", "patternType": "prefix"},
            "operations": ["Read", "Describe"],
        },
    ]
