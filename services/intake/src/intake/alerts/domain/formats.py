"""The formats in which monitors post alerts, by their names in the URL. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from common.domain import Rejection
from intake.alerts.domain import alertmanager, datadog, newrelic, opsgenie, pagerduty, splunk
from intake.alerts.domain.alert import AlertBatch, PostContext

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its names, whether a body looks like it, and its parser.

    The parser makes of a JSON object its alerts, or a rejection if it is not in this format.
    """

    names: tuple[str, ...]
    matches: Callable[[Body], bool]
    parse: Callable[[Body, PostContext], AlertBatch | Rejection]


FORMATS: Final = (
    Format(
        ("alertmanager", "alertmanager_webhook_v4"),
        alertmanager.is_alertmanager,
        alertmanager.parse,
    ),
    Format(("grafana", "grafana_alerting_webhook"), alertmanager.is_grafana, alertmanager.parse),
    Format(("datadog", "datadog_webhook"), datadog.is_datadog, datadog.parse),
    Format(("splunk", "splunk_webhook_alert_action"), splunk.is_splunk, splunk.parse),
    Format(("newrelic", "newrelic_workflow_webhook"), newrelic.is_newrelic, newrelic.parse),
    Format(("pagerduty", "pagerduty_events_v2"), pagerduty.is_pagerduty, pagerduty.parse),
    Format(("opsgenie", "opsgenie_create_alert"), opsgenie.is_opsgenie, opsgenie.parse),
)
_BY_NAME: Final[Mapping[str, Format]] = {name: one for one in FORMATS for name in one.names}


def read_post(source: str, body: Any, context: PostContext) -> AlertBatch | Rejection:
    """The alerts of a post: in the format of its source, else in the one that it looks like.

    A code of the rejection: NO_ALERTS where the post is well formed and says nothing, else
    NOT_THIS_FORMAT.
    """
    if not body and not isinstance(body, int | float) and not context.address:
        return Rejection("NO_ALERTS", "The body is empty: send at least one alert.")
    if not isinstance(body, Mapping):
        return Rejection("NOT_THIS_FORMAT", "A post is a JSON object.")
    named = _BY_NAME.get(source.lower())
    rejection = Rejection("NOT_THIS_FORMAT", "Its format is not known here.")
    for one in ([named] if named else []) + [one for one in FORMATS if one.matches(body)]:
        batch = one.parse(body, context)
        if isinstance(batch, AlertBatch):
            return batch
        rejection = rejection if rejection.code == "NO_ALERTS" else batch
    return rejection
