"""The formats in which monitors post alerts, by their name in the URL. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from common.domain import Rejection
from intake.alerts.domain import alertmanager
from intake.alerts.domain.alert import AlertBatch

Parser = Callable[[Any], AlertBatch | Rejection]
"""From a JSON value to its alerts, or to a rejection if it is not in this format."""

FORMATS: Final[Mapping[str, Parser]] = {
    "alertmanager_webhook_v4": alertmanager.parse,
}
