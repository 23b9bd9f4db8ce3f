"""Runs OpsDesk on one machine without Docker, for people and for tests."""

from opsdesk_local.broker import Broker
from opsdesk_local.errors import LocalRunError
from opsdesk_local.installation import Installation
from opsdesk_local.kafka import Kafka
from opsdesk_local.mail import MailSink
from opsdesk_local.ports import free_port
from opsdesk_local.postgres import Postgres
from opsdesk_local.roles import Urls, clone_database, drop_database, prepare_database
from opsdesk_local.servers import Servers, embedded_servers, servers_for_tests
from opsdesk_local.service import CONSOLE, SERVICES, Service, ServiceProcess
from opsdesk_local.state import State, open_state
from opsdesk_local.topics import TOPICS, create_topics

__all__ = [
    "CONSOLE",
    "SERVICES",
    "TOPICS",
    "Broker",
    "Installation",
    "Kafka",
    "LocalRunError",
    "MailSink",
    "Postgres",
    "Servers",
    "Service",
    "ServiceProcess",
    "State",
    "Urls",
    "clone_database",
    "create_topics",
    "drop_database",
    "embedded_servers",
    "free_port",
    "open_state",
    "prepare_database",
    "servers_for_tests",
]
