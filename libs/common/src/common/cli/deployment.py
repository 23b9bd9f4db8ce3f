"""The check at the start of `serve` that the service's Kafka group is its own database's."""

from aiokafka.errors import KafkaError

from common.http import Service
from common.messaging.deployment_identity import ForeignDeploymentError, verify_deployment
from common.messaging.inbox import Inbox
from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.settings import Settings
from common.telemetry import logger

log = logger(__name__)


async def check_deployment(service: Service, settings: Settings) -> None:
    """Raise SystemExit, with a sentence, where the group belongs to another database.

    Without Kafka the service starts, and asks again before it sends or receives anything.
    """
    kafka = Kafka.from_settings(settings)
    topics = [kafka.topic(topic) for topic in Inbox(service.name, service.handlers).topics]
    database = Database(settings.database_url.get_secret_value(), service.schema, pool_size=1)
    try:
        await verify_deployment(database, kafka, service.name, topics)
    except ForeignDeploymentError as reason:
        raise SystemExit(f"{service.name} does not start: {reason}.") from None
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("deployment.unverified", error=type(error).__name__)
    finally:
        await database.close()
