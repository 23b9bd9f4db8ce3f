"""`acls service`, `acls subscriber`, `acls administrator`: rights on Kafka, printed for who gives them.

They need no settings but OPSDESK_TOPIC_PREFIX, and ask nobody.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from common.http import Service
from common.messaging.access_rule_formats import as_commands, as_kafka_user
from common.messaging.access_rules import (
    AccessRule,
    UnknownTopic,
    administrator_rules,
    service_rules,
    subscriber_rules,
)
from common.messaging.topics import every_topic
from common.settings_kafka import DEFAULT_TOPIC_PREFIX

Form = Annotated[
    Literal["commands", "strimzi"],
    typer.Option(help="commands for kafka-acls.sh, or a KafkaUser of Strimzi."),
]
Cluster = Annotated[str, typer.Option(help="The name of Strimzi's Kafka cluster.")]
Principal = Annotated[str | None, typer.Option(help="The Kafka user. Default: one named for it.")]
Prefix = Annotated[
    str, typer.Option(envvar="OPSDESK_TOPIC_PREFIX", help="What the names of topics begin with.")
]
DEFAULT_CLUSTER = "kafka"


def create_commands(service: Service) -> typer.Typer:
    """The `acls` commands of a service."""
    app = typer.Typer(
        help="Rights on Kafka, as commands or as Strimzi's KafkaUser.", no_args_is_help=True
    )

    @app.command("service")
    def service_(
        principal: Principal = None,
        form: Form = "commands",
        cluster: Cluster = DEFAULT_CLUSTER,
        prefix: Prefix = DEFAULT_TOPIC_PREFIX,
    ) -> None:
        """The rights of this service: its own topics to write, those it hears to read, its own group."""
        rules = service_rules(service.name, service.handlers, prefix)
        _print(principal or f"opsdesk-{service.name}", rules, form, cluster)

    @app.command()
    def subscriber(
        team: Annotated[str, typer.Argument(help="The team; its groups' names begin with TEAM.")],
        topics: Annotated[list[str], typer.Argument(help="The topics that it reads.")],
        principal: Principal = None,
        form: Form = "commands",
        cluster: Cluster = DEFAULT_CLUSTER,
        prefix: Prefix = DEFAULT_TOPIC_PREFIX,
    ) -> None:
        """The rights of a team that subscribes: to read these topics, in groups of its own."""
        try:
            rules = subscriber_rules(team, topics, every_topic(), prefix)
        except UnknownTopic as error:
            raise SystemExit(str(error)) from None
        _print(principal or team, rules, form, cluster)

    @app.command()
    def administrator(
        principal: Principal = None,
        form: Form = "commands",
        cluster: Cluster = DEFAULT_CLUSTER,
        prefix: Prefix = DEFAULT_TOPIC_PREFIX,
    ) -> None:
        """The rights of the user that runs `topics apply`."""
        _print(principal or "opsdesk-topics", administrator_rules(prefix), form, cluster)

    return app


def _print(principal: str, rules: Sequence[AccessRule], form: str, cluster: str) -> None:
    if form == "strimzi":
        typer.echo(as_kafka_user(principal, rules, cluster))
    else:
        typer.echo(as_commands(principal, rules))
