"""Services and environments as reviews name them. Pure."""

from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.assembly import NO_SERVICE
from sla.reviews.domain.report import OutageLine
from sla.reviews.domain.uptimes import PRODUCTION_SUBJECT


def subject_name(subject: str, formats: Formats) -> str:
    """A service by name; or production as a whole."""
    is_production = subject == PRODUCTION_SUBJECT
    return formats.words("production") if is_production else formats.names.service(subject)


def service_name(name: str, formats: Formats) -> str:
    """A service by name; or that a ticket named none."""
    return formats.words("no_service") if name == NO_SERVICE else formats.names.service(name)


def outage_subject(outage: OutageLine, formats: Formats) -> str:
    """Where an outage was: `Billing on acme-prod`, `everything on acme-prod`, `Billing`."""
    words, environment = formats.words, outage.environment
    if outage.service is None:
        name = "everything" if environment is None else "everything_on"
        return words(name, environment=environment)
    service = formats.names.service(outage.service)
    return words("service_on", service=service, environment=environment) if environment else service
