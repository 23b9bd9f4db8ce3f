"""All examinations of a service, one after the other."""

from collections.abc import AsyncIterator

from common.doctor.clocks import examine_clocks
from common.doctor.database import examine_database
from common.doctor.finding import Finding
from common.doctor.kafka import examine_kafka
from common.doctor.surroundings import examine_issuer, examine_mail, examine_secrets
from common.doctor.versions import examine_versions
from common.http import Service
from common.settings import Settings


async def examine(service: Service, settings: Settings) -> AsyncIterator[Finding]:
    """Yield what is found, also what is well. Nothing is changed anywhere."""
    for finding in examine_secrets(settings):
        yield finding
    for of_service in (examine_database, examine_versions, examine_clocks, examine_kafka):
        for finding in await of_service(service, settings):
            yield finding
    for of_settings in (examine_issuer, examine_mail):
        for finding in await of_settings(settings):
            yield finding
