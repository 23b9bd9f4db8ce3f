"""`deploy/dashboards`: Grafana's dashboards, made of the metrics that there are.

A panel names metrics as objects, so that none can be shown that no service has.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import Counter, Gauge, Histogram

from common.telemetry import metrics

Metric = Counter | Gauge | Histogram
SCHEMA_VERSION: Final = 39
"""Grafana 10.4 and newer."""
COLUMNS, HEIGHT, PER_ROW = 24, 8, 2
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
OPENING: Final = ',method="POST",route="/v1/tickets",outcome="success"'
"""New tickets: neither the list of them nor quick refusals."""
NO_PROBES: Final = ',route!~"/health/.+|/metrics"'
ALL: Final = '{service=~"$service"}'


@dataclass(frozen=True, slots=True)
class Panel:
    """`queries`: PromQL with its legend. `unit` is Grafana's word."""

    title: str
    description: str
    unit: str
    queries: tuple[tuple[str, str], ...]


def name(metric: Metric) -> str:
    """Return a metric's name on the wire."""
    family = next(iter(metric.describe()))
    return f"{family.name}_total" if family.type == "counter" else str(family.name)


def rate(metric: Metric, by: str = "service", where: str = "") -> str:
    """Return how much a counter grows in a second, of each `by`. `where` are further matchers, with a comma before."""
    return f'sum by ({by}) (rate({name(metric)}{{service=~"$service"{where}}}[$__rate_interval]))'


def highest(metric: Metric, by: str = "service") -> str:
    """Return the highest value of a gauge among replicas: where each of them measures the same."""
    return f"max by ({by}) ({name(metric)}{ALL})"


def total(metric: Metric, by: str = "service") -> str:
    """Return the sum of a gauge over replicas: where each of them has its own part."""
    return f"sum by ({by}) ({name(metric)}{ALL})"


def quantile(share: float, metric: Histogram, where: str = "") -> str:
    """Return the value that this share (0.95) of observations stays below, of each service."""
    buckets = f'{name(metric)}_bucket{{service=~"$service"{where}}}'
    return f"histogram_quantile({share}, sum by (service, le) (rate({buckets}[$__rate_interval])))"


def _seal_age(metric: Gauge) -> str:
    return f"time() - ({highest(metric)} > 0)"


def _since(metric: Gauge) -> str:
    return f"time() - {name(metric)}{ALL}"


PROMISES: Final = (
    Panel("Deadlines: how late they fire", "95 of 100 fire sooner. Page from 5 s on.", "s",
          ((quantile(0.95, metrics.DEADLINE_LAG_SECONDS), "{{service}}"),)),
    Panel("Deadlines that fail, or fired without events", "Both should be 0.", "short",
          ((rate(metrics.DEADLINES_FAILED, "service, kind"), "{{service}} {{kind}} failed"),
           (rate(metrics.DEADLINES_FIRED, "service, kind", ',fired_without_events="true"'), "{{service}} {{kind}} blind"))),
    Panel("Oldest event that is not on Kafka", "Page from 60 s on.", "s",
          ((highest(metrics.OUTBOX_OLDEST_SECONDS), "{{service}}"),)),
    Panel("Events that wait to be applied", "Page from 1,000 on.", "short",
          ((total(metrics.CONSUMER_LAG), "{{service}}"),)),
    Panel("Parked, and put aside as dead", "Each needs somebody.", "short",
          ((highest(metrics.PARKED_RECORDS), "{{service}} parked"),
           (highest(metrics.DEAD_LETTERS_OPEN), "{{service}} dead"))),
    Panel("Deadlines: the oldest that is due and has not fired", "Page from 60 s on.", "s",
          ((highest(metrics.DEADLINES_OLDEST_DUE_SECONDS), "{{service}}"),)),
    Panel("Oldest page that is not sent", "Page from 60 s on: who is to be woken is not.", "s",
          ((highest(metrics.OLDEST_PAGE_SECONDS), "{{service}}"),)),
    Panel("Pages and mails that fail", "Given up, or tried again.", "short",
          ((rate(metrics.NOTIFICATIONS, "service, channel, outcome", ',outcome=~"failed|retried"'), "{{channel}} {{outcome}}"),
           (highest(metrics.CUSTOMER_MAILS_WAITING), "customers' mails that wait"))),
    Panel("Age of the last seal", "What is younger than it can be changed unseen.", "s",
          ((_seal_age(metrics.AUDIT_LAST_SEAL_TIMESTAMP), "{{service}} audit trail"),
           (_seal_age(metrics.FACTS_LAST_SEAL_TIMESTAMP), "{{service}} facts"),
           (highest(metrics.FACT_SEALS_GONE), "{{service}} seals that are gone"))),
    Panel("Opening a ticket", "Half a second is the objective for 99 of 100.", "s",
          ((quantile(0.5, metrics.HTTP_REQUEST_SECONDS, OPENING), "median"),
           (quantile(0.99, metrics.HTTP_REQUEST_SECONDS, OPENING), "99 of 100"))),
)  # fmt: skip
SERVICE: Final = (
    Panel("Requests", "By status.", "reqps", ((rate(metrics.HTTP_REQUESTS, "status", NO_PROBES), "{{status}}"),)),
    Panel("Duration of requests", "99 of 100, by service.", "s",
          ((quantile(0.99, metrics.HTTP_REQUEST_SECONDS, NO_PROBES), "{{service}}"),)),
    Panel("What does not work", "1 while a part has trouble; /health/ready says why.", "short",
          ((highest(metrics.COMPONENT_TROUBLE, "service, component"), "{{service}} {{component}}"),)),
    Panel("Held and limited callers", "429, and connections that were closed.", "short",
          ((rate(metrics.HTTP_RATE_LIMITED), "{{service}} 429"),
           (rate(metrics.HTTP_CONNECTIONS_CLOSED, "service, reason"), "{{service}} {{reason}}"))),
    Panel("Events: published and waiting", "", "short",
          ((rate(metrics.RELAY_PUBLISHED), "{{service}} published a second"),
           (highest(metrics.OUTBOX_UNSENT), "{{service}} unsent"),
           (total(metrics.RELAY_IS_LEADER), "{{service}} leaders"))),
    Panel("Topics that are held, and since when", "Seconds since Kafka takes nothing for it.", "s",
          ((_since(metrics.RELAY_HELD_SINCE), "{{service}} {{topic}} {{partition}}"),)),
    Panel("Events: applied, parked, dead", "", "short",
          ((rate(metrics.CONSUMER_RECORDS, "service, outcome"), "{{service}} {{outcome}}"),)),
    Panel("Consumer: tries and new beginnings", "Trouble of our own is tried again.", "short",
          ((rate(metrics.CONSUMER_RETRIES), "{{service}} tried again"),
           (rate(metrics.CONSUMER_RECREATED), "{{service}} created again"))),
    Panel("One poll", "99 of 100.", "s", ((quantile(0.99, metrics.CONSUMER_POLL_SECONDS), "{{service}}"),)),
    Panel("Deadlines fired", "By kind.", "short",
          ((rate(metrics.DEADLINES_FIRED, "service, kind"), "{{service}} {{kind}}"),)),
    Panel("Security events", "docs/security-events.md", "short",
          ((rate(metrics.SECURITY_EVENTS, "service, kind"), "{{service}} {{kind}}"),)),
    Panel("How long the database has not answered", "Page from 60 s on.", "s",
          ((f"max by (service) ({_since(metrics.QUEUES_SEEN_TIMESTAMP)})", "{{service}}"),)),
    Panel("Clock beside the database's", "From 30 s on tokens are refused.", "s",
          ((f"max by (service) (abs({name(metrics.CLOCK_DIFFERENCE)}{ALL}))", "{{service}}"),)),
    Panel("Foreign bytes", "Mails, files and feeds, read in processes of their own.", "short",
          ((rate(metrics.CONFINED_WORK, "service, kind, outcome"), "{{service}} {{kind}} {{outcome}}"),)),
    Panel("Deleted for age", "", "short", ((rate(metrics.RETENTION_DELETED, "service, what"), "{{service}} {{what}}"),)),
    Panel("Tickets created by one statement", "128 is the bound.", "short",
          ((quantile(0.95, metrics.TICKET_BATCH_SIZE), "95 of 100"),)),
    Panel("Stopped, and parked longest", "Each needs somebody.", "short",
          ((highest(metrics.CONSUMER_STOPPED), "{{service}} stopped"),
           (highest(metrics.CONSUMER_STOPPED_SOURCES), "{{service}} sources not listened to"),
           (highest(metrics.PARKED_OLDEST_SECONDS), "{{service}} seconds parked"))),
    Panel("Mails to customers", "By what became of them.", "short",
          ((rate(metrics.CUSTOMER_MAILS, "purpose, outcome"), "{{purpose}} {{outcome}}"),)),
    Panel("Linked ticket systems", "1 while one does not answer.", "short",
          ((highest(metrics.LINKED_SYSTEM_HELD, "system"), "{{system}}"),
           (rate(metrics.LINKED_SENDS, "system, outcome"), "{{system}} {{outcome}}"))),
)  # fmt: skip


def dashboards() -> dict[str, str]:
    """Return the dashboards as JSON, by the name of the file."""
    return {
        "promises.json": _dashboard("opsdesk-promises", "OpsDesk: promises", PROMISES),
        "services.json": _dashboard("opsdesk-services", "OpsDesk: services", SERVICE),
    }


def _dashboard(uid: str, title: str, panels: Sequence[Panel]) -> str:
    document = {
        "uid": uid,
        "title": title,
        "tags": ["opsdesk"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_source_variable(), _service_variable()]},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    width = COLUMNS // PER_ROW
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "gridPos": {
            "x": number % PER_ROW * width,
            "y": number // PER_ROW * HEIGHT,
            "w": width,
            "h": HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + at), "expr": query, "legendFormat": legend}
            for at, (query, legend) in enumerate(panel.queries)
        ],
    }


def _source_variable() -> dict[str, Any]:
    return {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _service_variable() -> dict[str, Any]:
    return {
        "name": "service",
        "label": "Service",
        "type": "query",
        "datasource": SOURCE,
        "query": f"label_values({name(metrics.COMPONENT_TROUBLE)}, service)",
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": {"text": "All", "value": "$__all"},
    }
