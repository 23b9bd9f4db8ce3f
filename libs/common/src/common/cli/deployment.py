"""The checks at the start of `serve`: whose Kafka group this is, and whether a restore is to be ended."""

from aiokafka.errors import KafkaError

from common.http import Service
from common.messaging.deployment_identity import ForeignDeploymentError, verify_deployment
from common.messaging.inbox import Inbox
from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.restoration.need import (
    RestorationNeeded,
    verify_no_unfinished_run,
    verify_restored,
)
from common.restoration.own_history import OwnHistory
from common.restoration.own_records import TopicsNotReadable
from common.settings import Settings
from common.telemetry import logger

log = logger(__name__)


async def check_deployment(service: Service, settings: Settings) -> None:
    """Raise SystemExit, with a sentence, where the group belongs to another database, or where the
    database was restored from a backup and `restored` has not run.

    Without Kafka the service starts, and asks again before it sends or receives anything.
    """
    kafka = Kafka.from_settings(settings)
    topics = [kafka.topic(topic) for topic in Inbox(service.name, service.handlers).topics]
    database = Database(settings.database_url.get_secret_value(), service.schema, pool_size=1)
    try:
        await verify_no_unfinished_run(database)
        await verify_deployment(database, kafka, service.name, topics)
        await verify_restored(database, kafka, OwnHistory.of(service.name, service.sequenced))
    except (ForeignDeploymentError, RestorationNeeded) as reason:
        raise SystemExit(f"{service.name} does not start: {reason}.") from None
    except (KafkaError, TopicsNotReadable, OSError, TimeoutError) as error:
        log.warning("deployment.unverified", error=type(error).__name__)
    finally:
        await database.close()
