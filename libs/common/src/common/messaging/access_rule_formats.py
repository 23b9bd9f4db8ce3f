"""Rights on Kafka in the two forms in which people give them: commands, and Strimzi's KafkaUser."""

import json
import shlex
from collections.abc import Iterator, Sequence

from common.messaging.access_rules import AccessRule


def as_commands(principal: str, rules: Sequence[AccessRule]) -> str:
    """Return a shell script; `KAFKA` and `ADMIN_CONFIG` are the variables of who runs it."""
    lines = ["# KAFKA=host:port; ADMIN_CONFIG=a file with the administrator's connection settings"]
    return "\n".join([*lines, *(_command(principal, rule) for rule in rules)])


def _command(principal: str, rule: AccessRule) -> str:
    words = [
        *("--add", "--allow-principal", f"User:{principal}"),
        *(word for operation in rule.operations for word in ("--operation", operation)),
        *(f"--{rule.resource}", rule.name),
        *(("--resource-pattern-type", "prefixed") if rule.is_prefix else ()),
    ]
    connection = '--bootstrap-server "$KAFKA" --command-config "$ADMIN_CONFIG"'
    return f"kafka-acls.sh {connection} {shlex.join(words)}"


def as_kafka_user(principal: str, rules: Sequence[AccessRule], cluster: str) -> str:
    """Return the YAML of a KafkaUser that signs in by SCRAM-SHA-512 (Strimzi 0.49 and newer)."""
    return "\n".join(_kafka_user(principal, rules, cluster))


def _kafka_user(principal: str, rules: Sequence[AccessRule], cluster: str) -> Iterator[str]:
    yield from ("apiVersion: kafka.strimzi.io/v1", "kind: KafkaUser", "metadata:")
    yield f"  name: {json.dumps(principal)}"
    yield f"  labels: {{strimzi.io/cluster: {json.dumps(cluster)}}}"
    yield from ("spec:", "  authentication: {type: scram-sha-512}", "  authorization:")
    yield from ("    type: simple", "    acls:")
    for rule in rules:
        pattern = "prefix" if rule.is_prefix else "literal"
        name = json.dumps(rule.name)
        yield f"      - resource: {{type: {rule.resource}, name: {name}, patternType: {pattern}}}"
        yield f"        operations: [{', '.join(rule.operations)}]"
